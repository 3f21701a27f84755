package dev.inboard.spi.pubsub;

import dev.inboard.spi.Provider;

/** Opens publish/subscribe components of one type, such as {@code pubsub.kafka}. */
public interface PubSubProvider extends Provider<PubSubDriver> {}
