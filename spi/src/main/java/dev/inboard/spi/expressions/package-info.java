/**
 * What an expression language implements: routing rules of subscriptions, trip conditions of
 * circuit breakers.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.expressions;
