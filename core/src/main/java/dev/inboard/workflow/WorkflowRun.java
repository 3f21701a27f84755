package dev.inboard.workflow;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A started instance. Safe for use by many threads. */
public interface WorkflowRun {
  /** Returns its id. */
  String id();

  /**
   * Waits for the result.
   *
   * @return null when the result is null
   * @throws WorkflowFailedException when it ended without one
   * @throws dev.inboard.common.InboardException {@code TIMEOUT} when it has not ended in time;
   *     {@code NOT_FOUND} when it was deleted
   */
  <T> @Nullable T await(Class<T> type, Duration timeout);

  /**
   * The same without blocking. Completes exceptionally as {@link #await} throws; never times out.
   */
  <T> CompletableFuture<@Nullable T> result(Class<T> type);
}
