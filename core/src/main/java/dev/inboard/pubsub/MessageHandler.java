package dev.inboard.pubsub;

/**
 * Takes the events of a topic, one at a time.
 *
 * <p>An event that was handled once may come again (the process died before the broker knew):
 * handlers must bear that.
 *
 * <h2>Threads</h2>
 *
 * Called from several threads at once, at most {@link TopicSubscription#concurrency} of them; may
 * block. A handler that runs longer than the subscription's timeout is interrupted.
 *
 * @param <T> what the event's data is decoded to
 */
@FunctionalInterface
public interface MessageHandler<T> {
  /**
   * Handles one event.
   *
   * @return what becomes of it; never null
   * @throws Exception means {@link Outcome#RETRY}
   */
  Outcome handle(Event<T> event) throws Exception;
}
