/**
 * Events that are published exactly when the data they tell of is committed.
 *
 * <p>Two schemes: rows beside the data, relayed in the order of the commits; and Dapr's, which
 * announces events first and publishes those whose transaction left a marker.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.outbox;
