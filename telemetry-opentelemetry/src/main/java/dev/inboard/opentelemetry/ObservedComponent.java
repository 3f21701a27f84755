package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.Telemetry.Component;
import dev.inboard.spi.telemetry.TelemetryProvider.Application;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tells OpenTelemetry what one component does. */
final class ObservedComponent implements ComponentTelemetry {
  private final Tracer tracer;
  private final Instruments instruments;
  private final Application application;
  private final Component component;
  private final String system;
  private final Attributes identity;
  private final WorkflowTelemetry workflows;
  private final Map<String, Series> calls = new ConcurrentHashMap<>();
  private final Map<String, Series> publications = new ConcurrentHashMap<>();
  private final Map<String, Series> attempts = new ConcurrentHashMap<>();

  ObservedComponent(
      Tracer tracer,
      RunSpans runSpans,
      Instruments instruments,
      Application application,
      Component component) {
    this.tracer = tracer;
    this.instruments = instruments;
    this.application = application;
    this.component = component;
    this.system = component.type().substring(component.type().indexOf('.') + 1);
    this.identity = Attributes.of(Names.COMPONENT, component.name(), Names.TYPE, component.type());
    this.workflows = new ObservedWorkflows(tracer, runSpans, instruments, application, identity);
  }

  @Override
  public Observation call(String operation) {
    return begin(Series.known(calls, operation, this::callSeries), Context.current());
  }

  @Override
  public Observation publish(String topic) {
    return begin(Series.known(publications, topic, this::publishSeries), Context.current());
  }

  @Override
  public Observation publish(String topic, TraceContext origin) {
    return begin(
        Series.known(publications, topic, this::publishSeries), Propagation.extract(origin));
  }

  @Override
  public TraceContext create(String topic) {
    Span made =
        tracer
            .spanBuilder("create " + topic)
            .setSpanKind(SpanKind.PRODUCER)
            .setAllAttributes(messaging(topic, "create", "create"))
            .startSpan();
    made.end();
    return Propagation.inject(made);
  }

  private Observation begin(Series series, Context parent) {
    return new SpanObservation(series, span(series, parent).startSpan(), 1);
  }

  private SpanBuilder span(Series series, Context parent) {
    return tracer
        .spanBuilder(series.spanName)
        .setParent(parent)
        .setSpanKind(series.kind)
        .setAllAttributes(series.attributes);
  }

  /** A single message continues its trace; a batch has links to the traces of all. */
  @Override
  public Observation process(String topic, List<TraceContext> origins) {
    Series series = Series.known(attempts, topic, this::processSeries);
    boolean single = origins.size() == 1;
    Context parent = single ? Propagation.extract(origins.get(0)) : Context.root();
    SpanBuilder span = span(series, parent);
    if (!single) {
      span.setAttribute(Names.BATCH_SIZE, origins.size());
    }
    for (TraceContext origin : origins) {
      SpanContext context =
          Span.fromContext(single ? parent : Propagation.extract(origin)).getSpanContext();
      if (context.isValid()) {
        span.addLink(context);
      }
    }
    return new SpanObservation(series, span.startSpan(), origins.size());
  }

  private Series callSeries(String operation) {
    boolean database = component.block().equals("state");
    Attributes attributes =
        database
            ? with(Names.DB_SYSTEM, system, Names.DB_OPERATION, operation)
            : with(Names.OPERATION, operation, null, null);
    return new Series(
        operation + " " + component.name(),
        SpanKind.CLIENT,
        attributes,
        instruments,
        database ? instruments.databaseDuration : instruments.operationDuration,
        null,
        dapr(callFamily()),
        outcome ->
            isWorkflow()
                ? ObservedWorkflows.operation(application, operation, outcome)
                : daprAttributes(
                    Names.DAPR_OPERATION,
                    daprOperation(operation),
                    Names.DAPR_SUCCESS,
                    success(outcome)));
  }

  private static String daprOperation(String operation) {
    return switch (operation) {
      case "save", "saveBulk" -> "set";
      case "deleteBulk" -> "bulk_delete";
      case "getBulk", "get all" -> "bulk_get";
      default -> operation.replace(' ', '_');
    };
  }

  private boolean isWorkflow() {
    return component.block().equals("workflowbackend");
  }

  private @Nullable String callFamily() {
    return switch (component.block()) {
      case "state" -> "component_state";
      case "secretstores" -> "component_secret";
      case "configuration" -> "component_configuration";
      case "bindings" -> "component_output_binding";
      case "workflowbackend" -> "runtime_workflow_operation";
      default -> null;
    };
  }

  private Series publishSeries(String topic) {
    return new Series(
        "publish " + topic,
        SpanKind.PRODUCER,
        messaging(topic, "publish", "send"),
        instruments,
        instruments.publishDuration,
        instruments.sent,
        dapr("component_pubsub_egress"),
        outcome -> daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_SUCCESS, success(outcome)));
  }

  private Series processSeries(String topic) {
    Attributes attributes = messaging(topic, "process", "process");
    if (component.block().equals("bindings")) {
      return new Series(
          "process " + topic,
          SpanKind.CONSUMER,
          attributes,
          instruments,
          instruments.processDuration,
          instruments.consumed,
          dapr("component_input_binding"),
          outcome -> daprAttributes(Names.DAPR_SUCCESS, success(outcome), null, null));
    }
    return new Series(
        "process " + topic,
        SpanKind.CONSUMER,
        attributes.toBuilder().put(Names.CONSUMER_GROUP, application.id()).build(),
        instruments,
        instruments.processDuration,
        instruments.consumed,
        dapr("component_pubsub_ingress"),
        outcome ->
            daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_PROCESS_STATUS, outcome).toBuilder()
                .put(Names.DAPR_STATUS, outcome)
                .build());
  }

  private Instruments.@Nullable Dapr dapr(@Nullable String family) {
    return family == null ? null : instruments.dapr(family, isWorkflow() ? "latency" : "latencies");
  }

  private static String success(String outcome) {
    return String.valueOf(outcome.equals("success"));
  }

  private Attributes messaging(String topic, String operation, String type) {
    return identity.toBuilder()
        .put(Names.MESSAGING_SYSTEM, system)
        .put(Names.DESTINATION, topic)
        .put(Names.MESSAGING_OPERATION, operation)
        .put(Names.MESSAGING_TYPE, type)
        .build();
  }

  private Attributes with(
      AttributeKey<String> first,
      String firstValue,
      @Nullable AttributeKey<String> second,
      @Nullable String secondValue) {
    var builder = identity.toBuilder().put(first, firstValue);
    return second == null ? builder.build() : builder.put(second, secondValue).build();
  }

  private Attributes daprAttributes(
      AttributeKey<String> first,
      String firstValue,
      @Nullable AttributeKey<String> second,
      @Nullable String secondValue) {
    String namespace = application.namespace();
    var builder =
        Attributes.builder()
            .put(Names.DAPR_APP, application.id())
            .put(Names.DAPR_COMPONENT, component.name())
            .put(Names.DAPR_NAMESPACE, namespace == null ? "" : namespace)
            .put(first, firstValue);
    return second == null ? builder.build() : builder.put(second, secondValue).build();
  }

  @Override
  public void retried(@Nullable String topic) {
    instruments.retries.add(1, about(topic));
  }

  @Override
  public void deadLettered(String topic, String reason) {
    instruments.deadLetters.add(1, with(Names.DESTINATION, topic, Names.REASON, reason));
  }

  @Override
  public void committed(int entries) {
    instruments.groupCommits.record(entries, identity);
  }

  @Override
  public WorkflowTelemetry workflows() {
    return workflows;
  }

  @Override
  public Registration gauge(Gauge gauge, @Nullable String topic, LongSupplier value) {
    return instruments.read(gauge, about(topic), value);
  }

  private Attributes about(@Nullable String topic) {
    return topic == null ? identity : with(Names.DESTINATION, topic, null, null);
  }
}
