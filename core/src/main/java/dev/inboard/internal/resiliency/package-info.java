/**
 * What stands around calls and handlers: retries, timeouts, circuit breakers, bulkheads, rate
 * limits, hedges, as {@code Resiliency} documents describe them.
 *
 * <p>Reading those documents is the business of {@code internal.resources}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.resiliency;
