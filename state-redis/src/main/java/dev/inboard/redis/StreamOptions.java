package dev.inboard.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How streams are consumed and trimmed.
 *
 * @param group the consumer group
 * @param processingTimeout silence after which a member's messages are taken over; zero: never
 * @param redeliverInterval pause between two looks for such messages; zero: never
 * @param queueDepth the most messages fetched ahead or kept for redelivery, per subscription
 * @param maxLength about how many messages publishing leaves in a stream, or null for all
 * @param timeToLive how old a message may be that publishing leaves in a stream, or null
 */
record StreamOptions(
    String group,
    Duration processingTimeout,
    Duration redeliverInterval,
    int queueDepth,
    @Nullable Long maxLength,
    @Nullable Duration timeToLive) {
  /** Says whether members take over what others have left. */
  boolean takesOver() {
    return !processingTimeout.isZero() && !redeliverInterval.isZero();
  }
}
