package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does a driver's work on files, on a few threads of its own that end when there is nothing to do.
 */
final class FileWork implements AutoCloseable {
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 5;

  private final String component;
  private final ThreadPoolExecutor threads;

  /** What is done with files. */
  interface Task<T> {
    T run() throws IOException;
  }

  /**
   * Makes the threads' pool.
   *
   * @param component name and type, as every error message begins
   */
  FileWork(String component) {
    this.component = component;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "inboard-files " + component);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the task soon. Whatever it throws becomes an {@link InboardException} of the operation.
   */
  <T> CompletionStage<T> run(String operation, Task<T> task) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              answer.complete(task.run());
            } catch (IOException | RuntimeException | Error e) {
              answer.completeExceptionally(failure(component, operation, e));
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(closed(component, operation));
    }
    return answer;
  }

  /** Answers a ping: there is nothing to ask, but a closed driver says so. */
  CompletionStage<Void> ping() {
    return threads.isShutdown()
        ? CompletableFuture.failedFuture(closed(component, "ping"))
        : CompletableFuture.completedFuture(null);
  }

  /** Completes what was accepted and ends the threads. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      boolean ended = false;
      while (!ended) { // a file system may hang; nothing that was accepted is given up
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static InboardException closed(String component, String operation) {
    return new InboardException(
        ErrorCode.CANCELLED, component, operation, "the component is closed");
  }

  /** Classifies what went wrong with a file. */
  static InboardException failure(String component, String operation, Throwable e) {
    if (e instanceof InboardException known) {
      return known;
    }
    if (e instanceof NoSuchFileException missing) {
      return new InboardException(
          ErrorCode.NOT_FOUND, component, operation, "'" + missing.getFile() + "' does not exist");
    }
    if (e instanceof AccessDeniedException denied) {
      String reason = "no access to '" + denied.getFile() + "'; give this process the permission";
      return new InboardException(
          ErrorCode.PERMISSION_DENIED, component, operation, reason, denied);
    }
    if (e instanceof FileSystemException refused && isFull(refused.getReason())) {
      String reason =
          "no space left for '" + refused.getFile() + "'; free some, or raise the quota";
      return new InboardException(ErrorCode.EXHAUSTED, component, operation, reason, refused);
    }
    if (e instanceof IOException broken) {
      return new InboardException(
          isFull(broken.getMessage()) ? ErrorCode.EXHAUSTED : ErrorCode.UNAVAILABLE,
          component,
          operation,
          "the file system reports: " + broken.getMessage(),
          broken);
    }
    return new InboardException(ErrorCode.INTERNAL, component, operation, "unexpected failure", e);
  }

  private static boolean isFull(@Nullable String reason) {
    if (reason == null) {
      return false;
    }
    String lower = reason.toLowerCase(Locale.ROOT);
    return lower.contains("no space left") || lower.contains("quota");
  }
}
