package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RuntimeThreadsTest {
  @AfterEach
  void noThreadIsLeft() {
    Threads.assertNone("threads-test-");
  }

  @Test
  void handlersRunOnVirtualThreadsWhereThereAreAny() throws Exception {
    ExecutorService handlers = RuntimeThreads.handlers("threads-test-");
    Thread thread = threadOf(handlers);
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("threads-test-handler-1");
    assertThat(thread.getContextClassLoader())
        .isSameAs(Thread.currentThread().getContextClassLoader());
    if (Runtime.version().feature() >= 21) {
      assertThat(thread.getClass().getMethod("isVirtual").invoke(thread)).isEqualTo(true);
    }
    end(handlers);
  }

  @Test
  void elsewhereAHandlerNeverWaitsForAnother() throws Exception {
    ExecutorService handlers = RuntimeThreads.pool("threads-test-");
    CountDownLatch together = new CountDownLatch(300);
    for (int i = 0; i < 300; i++) {
      handlers.execute(
          () -> {
            together.countDown();
            try {
              together.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
    end(handlers);
  }

  @Test
  void theTimerForgetsWhatIsCancelled() throws Exception {
    ScheduledExecutorService timer = RuntimeThreads.timer("threads-test-");
    timer.schedule(() -> {}, 1, TimeUnit.DAYS).cancel(false);
    assertThat(threadOf(timer).isDaemon()).isTrue();
    assertThat(timer.shutdownNow()).isEmpty();
    end(timer);
  }

  private static Thread threadOf(ExecutorService executor) throws Exception {
    return CompletableFuture.supplyAsync(Thread::currentThread, executor).get(60, TimeUnit.SECONDS);
  }

  private static void end(ExecutorService executor) throws InterruptedException {
    executor.shutdownNow();
    assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }
}
