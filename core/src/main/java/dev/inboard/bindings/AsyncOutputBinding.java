package dev.inboard.bindings;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of {@link OutputBinding} without blocking.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. A future may complete on the thread of the binding's client: do not
 * block in functions attached to it without an executor. Do not change an array that was given to a
 * call before its future completes.
 *
 * <h2>Errors</h2>
 *
 * Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}, bad arguments included.
 */
public interface AsyncOutputBinding {
  /** See {@link OutputBinding#invoke(String)}. */
  CompletableFuture<BindingResponse> invoke(String operation);

  /** See {@link OutputBinding#invoke(String, Object)}. */
  CompletableFuture<BindingResponse> invoke(String operation, @Nullable Object data);

  /** See {@link OutputBinding#invoke(String, Object, Map)}. */
  CompletableFuture<BindingResponse> invoke(
      String operation, @Nullable Object data, Map<String, String> metadata);
}
