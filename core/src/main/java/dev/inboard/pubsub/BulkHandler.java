package dev.inboard.pubsub;

import java.util.List;

/**
 * Takes the events of a topic, many at a time.
 *
 * <p>The events of a batch are in the order of their arrival. Those that are to be tried again come
 * back together, and may then be overtaken by later ones.
 *
 * <h2>Threads</h2>
 *
 * As for {@link MessageHandler}; {@link TopicSubscription#concurrency} counts batches.
 *
 * @param <T> what the events' data is decoded to
 */
@FunctionalInterface
public interface BulkHandler<T> {
  /**
   * Handles a batch.
   *
   * @param events at least one
   * @return what becomes of each; never null
   * @throws Exception means {@link Outcome#RETRY} for all of them
   */
  BulkOutcome handle(List<Event<T>> events) throws Exception;
}
