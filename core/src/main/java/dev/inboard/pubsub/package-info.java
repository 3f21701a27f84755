/**
 * Publish/subscribe: events on topics, handlers that take them, and what becomes of those that
 * cannot be handled.
 *
 * <p>Begin with {@link dev.inboard.pubsub.PubSub} to publish, and with {@link
 * dev.inboard.pubsub.TopicSubscription} to subscribe.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.pubsub;
