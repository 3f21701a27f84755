package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Traces as messages carry them. */
final class Propagation {
  private static final String TRACEPARENT = "traceparent";
  private static final String TRACESTATE = "tracestate";
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapGetter<TraceContext> GETTER =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable TraceContext carrier, String key) {
          if (carrier == null) {
            return null;
          }
          return switch (key) {
            case TRACEPARENT -> carrier.traceparent();
            case TRACESTATE -> carrier.tracestate();
            default -> null;
          };
        }
      };

  private Propagation() {}

  static TraceContext inject(Span span) {
    SpanContext context = span.getSpanContext();
    if (!context.isValid()) {
      return TraceContext.NONE;
    }
    String parent =
        "00-"
            + context.getTraceId()
            + "-"
            + context.getSpanId()
            + "-"
            + context.getTraceFlags().asHex();
    return new TraceContext(
        parent, context.getTraceState().isEmpty() ? null : state(Context.root().with(span)));
  }

  private static @Nullable String state(Context context) {
    Map<String, String> fields = new HashMap<>();
    W3C.inject(context, fields, Map::put);
    return fields.get(TRACESTATE);
  }

  /** Returns the context that a message carried, or one without a trace. */
  static Context extract(TraceContext origin) {
    return origin.traceparent() == null
        ? Context.root()
        : W3C.extract(Context.root(), origin, GETTER);
  }
}
