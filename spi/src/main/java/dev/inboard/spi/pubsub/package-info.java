/**
 * What a publish/subscribe provider implements, and the message types that input bindings share
 * with it.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.pubsub;
