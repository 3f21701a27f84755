/** Connects runtimes with OpenTelemetry: spans and metrics, and the trace that messages carry. */
@org.jspecify.annotations.NullMarked
package dev.inboard.opentelemetry;
