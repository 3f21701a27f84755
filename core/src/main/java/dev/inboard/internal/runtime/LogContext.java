package dev.inboard.internal.runtime;

import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What every line in the log says of the work under way on this thread, in SLF4J's MDC: {@code
 * component} and {@code topic}, or {@code workflow}, {@code workflowId} and {@code activity}, and
 * {@code traceId}. Ended on the same thread, in reverse order; what was there before is there
 * again.
 */
public final class LogContext implements AutoCloseable {
  private final Observation.Scope scope;
  private final @Nullable String[] before; // keys and values in turn

  private LogContext(Observation.Scope scope, TraceContext trace, @Nullable String... fields) {
    this.scope = scope;
    this.before = new @Nullable String[fields.length + 2];
    for (int i = 0; i < fields.length; i += 2) {
      put(i, fields[i], fields[i + 1]);
    }
    put(fields.length, "traceId", traceId(trace.traceparent()));
  }

  private void put(int place, @Nullable String key, @Nullable String value) {
    before[place] = key;
    before[place + 1] = MDC.get(key);
    set(key, value);
  }

  private static void set(@Nullable String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }

  /** Makes an attempt at a message what this thread is doing, in traces and in the log. */
  public static LogContext enter(String component, String topic, Observation observation) {
    return new LogContext(
        observation.enter(), observation.context(), "component", component, "topic", topic);
  }

  /**
   * Makes a workflow what this thread is doing.
   *
   * @param scope is closed with it
   */
  public static LogContext enterWorkflow(
      WorkflowTelemetry.Instance instance, Observation.Scope scope) {
    return new LogContext(
        scope, instance.trace(), "workflow", instance.workflow(), "workflowId", instance.id());
  }

  /** Makes a run of an activity what this thread is doing. */
  public static LogContext enterActivity(
      WorkflowTelemetry.Instance instance, String activity, Observation observation) {
    return new LogContext(
        observation.enter(),
        observation.context(),
        "workflow",
        instance.workflow(),
        "workflowId",
        instance.id(),
        "activity",
        activity);
  }

  /** Returns the second field: {@code 00-<traceId>-<parentId>-<flags>}. */
  private static @Nullable String traceId(@Nullable String traceparent) {
    return traceparent == null || traceparent.length() < 35 ? null : traceparent.substring(3, 35);
  }

  @Override
  public void close() {
    for (int i = before.length - 2; i >= 0; i -= 2) {
      set(before[i], before[i + 1]);
    }
    scope.close();
  }
}
