package dev.inboard.pubsub;

import java.util.Objects;

/**
 * One event of {@link PubSub#publishTogether}.
 *
 * @param topic where it is published; not empty
 * @param data as for {@link PubSub#publish(String, Object)}
 * @param options how it is published
 */
public record Publication(String topic, Object data, PublishOptions options) {
  /** Checks that nothing is null. */
  public Publication {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(options, "options");
  }

  /** An event with nothing special. */
  public static Publication of(String topic, Object data) {
    return new Publication(topic, data, PublishOptions.DEFAULT);
  }
}
