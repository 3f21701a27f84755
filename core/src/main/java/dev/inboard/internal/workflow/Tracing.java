package dev.inboard.internal.workflow;

import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.LogContext;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowRun;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells who listens what the engine does; one branch when nobody listens.
 *
 * <p>What started an instance is kept with it as its tags {@code traceparent} and {@code
 * tracestate}, so that whoever works on it, in whichever process, goes on with that trace.
 */
final class Tracing {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";

  private final @Nullable ComponentTelemetry component;
  private final @Nullable WorkflowTelemetry telemetry;

  /** Tells a listener; null: nobody. */
  Tracing(@Nullable ComponentTelemetry component) {
    this.component = component;
    this.telemetry = component == null ? null : component.workflows();
  }

  /** Lets the listener read the engine's numbers. */
  void watch(LongSupplier inMemory, Activities activities, Queues queues) {
    if (component != null) {
      component.gauge(Gauge.WORKFLOWS_IN_MEMORY, null, inMemory);
      component.gauge(Gauge.ACTIVITIES_RUNNING, null, activities::runningNow);
      component.gauge(Gauge.ACTIVITIES_WAITING, null, activities::waitingNow);
      component.gauge(Gauge.ACTIVITIES_UNHEARD, null, queues::unheardNow);
    }
  }

  // ---- what applications call

  /** Starts an instance that keeps the caller's trace, unless the application chose another. */
  CompletableFuture<WorkflowRun> start(
      String workflow,
      StartOptions options,
      Function<StartOptions, CompletableFuture<WorkflowRun>> start) {
    if (telemetry == null) {
      return start.apply(options);
    }
    Observation observation = telemetry.start(workflow);
    StartOptions traced = traced(options, observation);
    return DriverCalls.observedAsync(observation, () -> start.apply(traced));
  }

  /** Returns the options of an instance that is started together with other changes. */
  StartOptions traced(String workflow, StartOptions options) {
    if (telemetry == null) {
      return options;
    }
    Observation observation = telemetry.start(workflow);
    observation.end("success", null); // whether it takes place, the transaction decides
    return traced(options, observation);
  }

  private static StartOptions traced(StartOptions options, Observation observation) {
    Map<String, String> tags = new HashMap<>(options.tags());
    if (!tags.containsKey(PARENT)) {
      tags.putAll(tags(observation.context()));
    }
    return options.withTags(tags);
  }

  /** Calls the engine for an application. */
  <T extends @Nullable Object> T call(String operation, Supplier<T> call) {
    return component == null ? call.get() : DriverCalls.observed(component.call(operation), call);
  }

  /** The same without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> callAsync(
      String operation, Supplier<CompletableFuture<T>> call) {
    return component == null
        ? call.get()
        : DriverCalls.observedAsync(component.call(operation), call);
  }

  // ---- what instances do

  /** Returns the tags of an instance that another one starts. */
  Map<String, String> tagsOfStarted(InstanceDefinition starter, String workflow, boolean child) {
    if (telemetry != null) {
      return tags(telemetry.start(instance(starter), workflow, child));
    }
    return child
        ? tags(trace(starter))
        : Map.of(); // the trace goes on where somebody listens again
  }

  /** Makes an instance what this thread works on, in traces and in the log. */
  @Nullable LogContext enter(InstanceDefinition instance) {
    if (telemetry == null) {
      return null;
    }
    WorkflowTelemetry.Instance traced = instance(instance);
    return LogContext.enterWorkflow(traced, telemetry.enter(traced));
  }

  /** Begins to observe a run of an activity; null when nobody listens. */
  @Nullable Observation attempt(ActivityCall call) {
    return telemetry == null
        ? null
        : telemetry.attempt(instance(call.instance()), call.name(), call.attempt());
  }

  /** Makes a run of an activity what this thread does; null when nobody listens. */
  static @Nullable LogContext enter(ActivityCall call, @Nullable Observation observation) {
    return observation == null
        ? null
        : LogContext.enterActivity(instance(call.instance()), call.name(), observation);
  }

  /** Tells of a turn that is stored. */
  void committed(InstanceDefinition definition, Progress before, Progress after, TurnDraft draft) {
    if (telemetry == null) {
      return;
    }
    Instant began = after.startedAt();
    if (before.startedAt() == null && began != null) {
      telemetry.begun(instance(definition), Duration.between(definition.startAt(), began));
    }
    for (TimerTask timer : draft.fired()) {
      telemetry.fired(instance(definition), Instant.ofEpochMilli(timer.setAt), after.updatedAt());
    }
  }

  /** Tells of an instance whose end is stored. */
  void ended(InstanceRecord record) {
    if (telemetry == null) {
      return;
    }
    InstanceDefinition definition = record.definition();
    Progress progress = record.progress();
    Instant began = progress.startedAt() == null ? definition.startAt() : progress.startedAt();
    telemetry.ended(
        instance(definition),
        record.status().name().toLowerCase(Locale.ROOT),
        began,
        progress.updatedAt());
  }

  private static WorkflowTelemetry.Instance instance(InstanceDefinition definition) {
    return new WorkflowTelemetry.Instance(
        definition.name(), definition.id(), definition.executionId(), trace(definition));
  }

  private static TraceContext trace(InstanceDefinition definition) {
    String parent = definition.tags().get(PARENT);
    return parent == null
        ? TraceContext.NONE
        : new TraceContext(parent, definition.tags().get(STATE));
  }

  private static Map<String, String> tags(TraceContext trace) {
    String parent = trace.traceparent();
    String state = trace.tracestate();
    if (parent == null) {
      return Map.of();
    }
    return state == null ? Map.of(PARENT, parent) : Map.of(PARENT, parent, STATE, state);
  }
}
