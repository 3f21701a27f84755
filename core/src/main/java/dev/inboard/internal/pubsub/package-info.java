/**
 * Publish/subscribe from the typed interfaces down to the driver: envelopes, access, subscriptions,
 * and the one path of a message from the broker to its settlement.
 *
 * <p>{@link dev.inboard.internal.pubsub.SubscriptionPlanner} checks what is to be subscribed before
 * anything is opened; {@link dev.inboard.internal.pubsub.DefaultPubSub} is one opened component.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.pubsub;
