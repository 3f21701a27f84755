package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Work under way: a span, and the series that its end belongs to. */
final class SpanObservation implements Observation {
  private final Series series;
  private final Span span;
  private final int count;
  private final long begin = System.nanoTime();

  SpanObservation(Series series, Span span, int count) {
    this.series = series;
    this.span = span;
    this.count = count;
    series.begin();
  }

  @Override
  public TraceContext context() {
    return Propagation.inject(span);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the caller closes what it gets
  public Scope enter() {
    return Context.root().with(span).makeCurrent()::close;
  }

  @Override
  public void end(String outcome, @Nullable Throwable failure) {
    series.end(System.nanoTime() - begin, count, outcome, failure);
    if (failure != null) {
      span.setAttribute(Names.ERROR_TYPE, Series.errorType(failure));
      span.setStatus(StatusCode.ERROR);
    }
    if (!outcome.equals("success")) {
      span.setAttribute(Names.OUTCOME, outcome);
    }
    span.end();
  }
}
