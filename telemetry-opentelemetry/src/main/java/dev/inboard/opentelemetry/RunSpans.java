package dev.inboard.opentelemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.telemetry.WorkflowTelemetry.Instance;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The spans of whole runs. The id of such a span follows from the run, so that every process knows
 * it from the beginning and can hang its own spans below, long before somebody makes the span.
 *
 * <p>The API cannot give a span its id; the SDK asks its generator, which must be {@link
 * WorkflowSpanIds} for that. Where it is another one, the span of the start takes this place.
 */
final class RunSpans {
  private static final ThreadLocal<@Nullable String> NEXT = new ThreadLocal<>();

  private final boolean haveTheirIds;

  RunSpans(Tracer tracer) {
    String id = id("probe");
    // Is not ended, so that nobody gets to see it.
    Span probe = start(tracer.spanBuilder("probe").setNoParent(), id);
    this.haveTheirIds = probe.getSpanContext().getSpanId().equals(id);
  }

  /** Returns the id that the next span of this thread must have, once; null: any. */
  static @Nullable String takeNext() {
    String next = NEXT.get();
    if (next != null) {
      NEXT.remove();
    }
    return next;
  }

  private static Span start(SpanBuilder span, String id) {
    NEXT.set(id);
    try {
      return span.startSpan();
    } finally {
      NEXT.remove();
    }
  }

  /** Makes the span of a run. */
  Span start(SpanBuilder span, Instance run) {
    return haveTheirIds ? start(span, id(run.executionId())) : span.startSpan();
  }

  /** Returns what the spans of a run's work hang below. */
  Context parentOfWork(Instance run) {
    Context start = Propagation.extract(run.trace());
    SpanContext known = Span.fromContext(start).getSpanContext();
    if (!haveTheirIds || !known.isValid()) {
      return start;
    }
    SpanContext own =
        SpanContext.createFromRemoteParent(
            known.getTraceId(),
            id(run.executionId()),
            known.getTraceFlags(),
            known.getTraceState());
    return start.with(Span.wrap(own));
  }

  private static String id(String executionId) {
    long id = UUID.nameUUIDFromBytes(executionId.getBytes(UTF_8)).getLeastSignificantBits();
    return SpanId.fromLong(id); // never zero: a bit of it says how it was made
  }
}
