/**
 * What a binding provider implements. Input bindings share the message types of {@code
 * dev.inboard.spi.pubsub}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.bindings;
