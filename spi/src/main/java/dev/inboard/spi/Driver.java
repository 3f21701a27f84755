package dev.inboard.spi;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One opened component.
 *
 * <p>The rules that hold for every driver:
 *
 * <ul>
 *   <li>It is called from many threads at once.
 *   <li>Methods that return a {@link CompletionStage} do not block, and report every failure
 *       through the stage as an {@link dev.inboard.common.InboardException}; they throw nothing
 *       themselves.
 *   <li>It never retries; it reports, and the runtime decides. (Reconnecting in the background is
 *       its duty.)
 *   <li>It does not keep or change byte arrays and collections that it was given after the stage
 *       has completed, and the caller does not change them before that.
 *   <li>Stages may complete on the client's I/O thread; the runtime runs no application code there.
 *   <li>After {@link #close} every call fails with {@code CANCELLED}.
 * </ul>
 */
public interface Driver extends AutoCloseable {
  /** Returns the optional abilities this component has. Constant over the life of the driver. */
  Set<Feature> features();

  /**
   * Asks the server behind the component whether it can serve now. Completes normally when it can;
   * fails with the reason otherwise. Used by health checks, so it must be cheap.
   */
  default CompletionStage<Void> ping() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Returns what acknowledged data survives; null when the driver cannot tell, because that depends
   * on settings of the server that it does not see.
   */
  default @Nullable Durability durability() {
    return features().contains(Feature.DURABLE) ? null : Durability.MEMORY;
  }

  /**
   * Lets somebody listen, before the first call and at most once. A driver that commits what
   * several callers write together tells how much that was; others have nothing to tell.
   */
  default void observe(ComponentTelemetry telemetry) {}

  /**
   * Completes what was accepted, then releases every connection, thread and file. Blocks until that
   * is done. Calling it again does nothing.
   */
  @Override
  void close();
}
