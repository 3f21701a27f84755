package dev.inboard.spi.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as W3C Trace Context writes it and CloudEvents carry it.
 *
 * @param traceparent such as {@code 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}; null:
 *     there is no trace
 * @param tracestate what vendors add, or null
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 */
public record TraceContext(@Nullable String traceparent, @Nullable String tracestate) {
  /** No trace. */
  public static final TraceContext NONE = new TraceContext(null, null);
}
