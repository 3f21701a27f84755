package dev.inboard.spi.pubsub;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A broker with {@link dev.inboard.spi.Feature#TRANSACTIONAL_PUBLISH}: several messages are
 * published together or not at all.
 */
public interface TransactionalPubSubDriver extends PubSubDriver {
  /**
   * Publishes messages of any topics in one step. Completes when the broker has all of them; when
   * it fails, subscribers get none of them. Only a call that fails with a transient code may have
   * published them all the same, all together.
   *
   * <p>Lists of one caller, each published when its predecessor has been answered, keep their
   * order, and so do the messages of a list that have one topic and key.
   *
   * @param messages at least one
   */
  CompletionStage<Void> publishTogether(List<OutboundMessage> messages);
}
