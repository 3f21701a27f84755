package dev.inboard.bindings;

import dev.inboard.pubsub.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Takes the events of an input binding.
 *
 * <p>An event that could not be handled is tried again as {@link InputOptions#retry} says, then
 * goes back to the binding, which delivers it again later; it is never forgotten unless the handler
 * says {@link Outcome#DROP}. An event that was handled once may come again (the process died before
 * the binding knew): handlers must bear that.
 *
 * <h2>Threads</h2>
 *
 * Called from several threads at once, at most {@link InputOptions#concurrency} of them; may block.
 *
 * @param <T> what the event's data is decoded to
 */
@FunctionalInterface
public interface BindingHandler<T extends @Nullable Object> {
  /**
   * Handles one event.
   *
   * @return what becomes of it; never null
   * @throws Exception means {@link Outcome#RETRY}
   */
  Outcome handle(BindingEvent<T> event) throws Exception;
}
