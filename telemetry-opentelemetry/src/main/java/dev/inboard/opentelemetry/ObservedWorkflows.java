package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TelemetryProvider.Application;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells OpenTelemetry what the workflows of one backend do.
 *
 * <p>A run can outlive every process that works on it, so its span is made when its end is stored.
 */
final class ObservedWorkflows implements WorkflowTelemetry {
  private static final String SUCCESS = "success";

  private final Tracer tracer;
  private final Instruments instruments;
  private final Application application;
  private final Attributes identity;
  private final RunSpans runSpans;
  private final Map<String, Series> starts = new ConcurrentHashMap<>();
  private final Map<String, Series> activities = new ConcurrentHashMap<>();
  private final Map<String, Run> runs = new ConcurrentHashMap<>();

  /** What is measured about the runs of one workflow. */
  private record Run(Attributes attributes, Map<String, Ending> endings) {}

  /** One way to end. */
  private record Ending(Attributes attributes, Attributes dapr) {}

  ObservedWorkflows(
      Tracer tracer,
      RunSpans runSpans,
      Instruments instruments,
      Application application,
      Attributes identity) {
    this.tracer = tracer;
    this.runSpans = runSpans;
    this.instruments = instruments;
    this.application = application;
    this.identity = identity;
  }

  @Override
  public Observation start(String workflow) {
    Series series = Series.known(starts, workflow, this::startSeries);
    Context parent = Context.current();
    return new SpanObservation(series, started(workflow, parent).startSpan(), 1);
  }

  private Series startSeries(String workflow) {
    return new Series(
        "start " + workflow,
        SpanKind.PRODUCER,
        identity.toBuilder().put(Names.OPERATION, "start").put(Names.WORKFLOW, workflow).build(),
        instruments,
        instruments.operationDuration,
        null,
        instruments.dapr("runtime_workflow_operation", "latency"),
        outcome -> operation(application, "start", outcome),
        error -> errorCode(application, "workflowbackend", "start", error));
  }

  /** Returns the labels of Dapr for a call of an application. */
  static Attributes operation(Application application, String operation, String outcome) {
    String known =
        switch (operation) {
          case "start" -> "create_workflow";
          case "get" -> "get_workflow";
          case "purge" -> "purge_workflow";
          default -> "add_event";
        };
    return labels(application).toBuilder()
        .put(Names.DAPR_OPERATION, known)
        .put(Names.DAPR_STATUS, status(outcome))
        .build();
  }

  /** Returns the labels of Dapr's count of errors. */
  static Attributes errorCode(
      Application application, String block, String operation, String error) {
    return Attributes.of(
        Names.DAPR_APP,
        application.id(),
        Names.DAPR_ERROR_CODE,
        DaprErrors.code(block, operation, error),
        Names.DAPR_CATEGORY,
        DaprErrors.category(block));
  }

  private static Attributes labels(Application application) {
    String namespace = application.namespace();
    return Attributes.of(
        Names.DAPR_APP, application.id(), Names.DAPR_NAMESPACE, namespace == null ? "" : namespace);
  }

  private static String status(String outcome) {
    return outcome.equals(SUCCESS) ? SUCCESS : "failed";
  }

  @Override
  public TraceContext start(Instance starter, String workflow, boolean child) {
    Context origin = runSpans.parentOfWork(starter);
    SpanBuilder span = started(workflow, child ? origin : Context.root());
    if (!child) {
      span.addLink(Span.fromContext(origin).getSpanContext()); // ignored when there is no trace
    }
    Span made = span.setAttribute(Names.STARTER_ID, starter.id()).startSpan();
    made.end();
    return Propagation.inject(made);
  }

  private SpanBuilder started(String workflow, Context parent) {
    return tracer
        .spanBuilder("start " + workflow)
        .setParent(parent)
        .setSpanKind(SpanKind.PRODUCER)
        .setAllAttributes(identity)
        .setAttribute(Names.WORKFLOW, workflow);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the caller closes what it gets
  public Observation.Scope enter(Instance instance) {
    return runSpans.parentOfWork(instance).makeCurrent()::close;
  }

  @Override
  public void begun(Instance instance, Duration waited) {
    instruments.schedulingLatency.record(
        Math.max(0, waited.toNanos()) / 1e6, run(instance.workflow()).attributes);
  }

  private Run run(String workflow) {
    return Series.known(
        runs,
        workflow,
        known ->
            new Run(
                labels(application).toBuilder().put(Names.DAPR_WORKFLOW, known).build(),
                new ConcurrentHashMap<>()));
  }

  @Override
  public Observation attempt(Instance instance, String activity, int attempt) {
    Series series = Series.known(activities, activity, this::activitySeries);
    Span span =
        span(instance, "activity " + activity, runSpans.parentOfWork(instance))
            .setAllAttributes(series.attributes)
            .setAttribute(Names.ATTEMPT, attempt)
            .startSpan();
    return new SpanObservation(series, span, 1);
  }

  private Series activitySeries(String activity) {
    return new Series(
        "activity " + activity,
        SpanKind.INTERNAL,
        identity.toBuilder().put(Names.ACTIVITY, activity).build(),
        instruments,
        instruments.activityDuration,
        null,
        instruments.dapr("runtime_workflow_activity_execution", "latency"),
        outcome ->
            labels(application).toBuilder()
                .put(Names.DAPR_ACTIVITY, activity)
                .put(Names.DAPR_STATUS, status(outcome))
                .build(),
        null);
  }

  private SpanBuilder span(Instance instance, String name, Context parent) {
    return tracer
        .spanBuilder(name)
        .setParent(parent)
        .setAttribute(Names.WORKFLOW, instance.workflow())
        .setAttribute(Names.WORKFLOW_ID, instance.id());
  }

  @Override
  public void fired(Instance instance, Instant set, Instant fired) {
    span(instance, "timer", runSpans.parentOfWork(instance))
        .setAllAttributes(identity)
        .setStartTimestamp(set)
        .startSpan()
        .end(fired);
  }

  @Override
  public void ended(Instance instance, String status, Instant began, Instant ended) {
    boolean success = status.equals("completed");
    SpanBuilder builder =
        span(instance, "run " + instance.workflow(), Propagation.extract(instance.trace()))
            .setSpanKind(SpanKind.CONSUMER)
            .setAllAttributes(identity)
            .setAttribute(Names.OUTCOME, status)
            .setStartTimestamp(began);
    Span span = runSpans.start(builder, instance);
    if (!success) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(ended);
    Ending ending =
        run(instance.workflow()).endings.computeIfAbsent(status, s -> ending(instance, s));
    double millis = Math.max(0, Duration.between(began, ended).toNanos()) / 1e6;
    // A span's context makes an exemplar of it, where there are such.
    Context context = Context.root().with(span);
    instruments.workflowDuration.record(millis / 1e3, ending.attributes, context);
    Instruments.Dapr dapr = instruments.dapr("runtime_workflow_execution", "latency");
    dapr.count().add(1, ending.dapr, context);
    dapr.latencies().record(millis, ending.dapr, context);
  }

  private Ending ending(Instance instance, String status) {
    String dapr =
        switch (status) {
          case "completed" -> SUCCESS;
          case "terminated" -> "terminated";
          default -> "failed";
        };
    Attributes labels = run(instance.workflow()).attributes;
    return new Ending(
        identity.toBuilder()
            .put(Names.WORKFLOW, labels.get(Names.DAPR_WORKFLOW))
            .put(Names.OUTCOME, status)
            .build(),
        labels.toBuilder().put(Names.DAPR_STATUS, dapr).build());
  }
}
