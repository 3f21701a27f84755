package dev.inboard.internal.runtime;

import dev.inboard.spi.telemetry.Observation;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What every line in the log says of the work under way on this thread: {@code component}, {@code
 * topic} and {@code traceId} in SLF4J's MDC. Ended on the same thread.
 */
public final class LogContext implements AutoCloseable {
  private static final String COMPONENT = "component";
  private static final String TOPIC = "topic";
  private static final String TRACE_ID = "traceId";

  private final Observation.Scope scope;

  private LogContext(Observation.Scope scope) {
    this.scope = scope;
  }

  /** Makes an observation what this thread is doing, in traces and in the log. */
  public static LogContext enter(String component, String topic, Observation observation) {
    MDC.put(COMPONENT, component);
    MDC.put(TOPIC, topic);
    String traceId = traceId(observation.context().traceparent());
    if (traceId != null) {
      MDC.put(TRACE_ID, traceId);
    }
    return new LogContext(observation.enter());
  }

  /** Returns the second field: {@code 00-<traceId>-<parentId>-<flags>}. */
  private static @Nullable String traceId(@Nullable String traceparent) {
    return traceparent == null || traceparent.length() < 35 ? null : traceparent.substring(3, 35);
  }

  @Override
  public void close() {
    scope.close();
    MDC.remove(COMPONENT);
    MDC.remove(TOPIC);
    MDC.remove(TRACE_ID);
  }
}
