package dev.inboard.spi;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the calls of a driver whose client blocks: a few at a time on threads of their own,
 * the others wait. The threads are daemons and end when idle.
 *
 * <p>Safe for use by many threads. After {@link #close} every call fails with {@code CANCELLED}.
 */
public final class BlockingCalls implements AutoCloseable {
  private static final int IDLE_SECONDS = 10;

  private final String component;
  private final BiFunction<String, Throwable, InboardException> failures;
  private final ThreadPoolExecutor threads;

  /**
   * Makes one for a component.
   *
   * @param mostAtATime how many calls are carried out at a time
   * @param failures says what the failure of an operation means; is not asked about an {@link
   *     InboardException}
   */
  public BlockingCalls(
      ComponentSpec spec,
      int mostAtATime,
      BiFunction<String, Throwable, InboardException> failures) {
    this.component = spec.label();
    this.failures = failures;
    AtomicInteger count = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            mostAtATime,
            mostAtATime,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread =
                  new Thread(task, "inboard-" + spec.name() + "-call-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Carries a call out.
   *
   * @param operation what the call does, for the message of its failure
   * @return fails with an {@link InboardException} in any case
   */
  public <T extends @Nullable Object> CompletionStage<T> call(String operation, Callable<T> call) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              outcome.complete(call.call());
            } catch (InboardException e) {
              outcome.completeExceptionally(e);
            } catch (Throwable e) { // whatever it is, somebody waits for it
              outcome.completeExceptionally(failures.apply(operation, e));
            }
          });
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(
          new InboardException(
              ErrorCode.CANCELLED, component, operation, "the component is closed"));
    }
    return outcome;
  }

  /**
   * Carries a call out on this thread.
   *
   * @throws InboardException what the failure means
   */
  public <T extends @Nullable Object> T callHere(String operation, Callable<T> call) {
    try {
      return call.call();
    } catch (InboardException e) {
      throw e;
    } catch (Exception e) {
      throw failures.apply(operation, e);
    }
  }

  /**
   * Waits for the calls that were accepted. An interrupt ends the wait, interrupts them, and keeps
   * its mark.
   */
  @Override
  public void close() {
    threads.shutdown();
    try {
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        // each call has the time limit of its client
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
