/** Tells Micrometer what a runtime does: metrics, under the names that OpenTelemetry gets. */
@org.jspecify.annotations.NullMarked
package dev.inboard.micrometer;
