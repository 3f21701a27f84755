package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.PolicyTelemetry;
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
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tells OpenTelemetry what one component does. */
final class ObservedComponent implements ComponentTelemetry {
  private static final String INGRESS_BULK = "component_pubsub_ingress_bulk";
  private static final String EGRESS_BULK = "component_pubsub_egress_bulk";

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
  private final Map<String, Series> batches = new ConcurrentHashMap<>();

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

  /** Continues the trace of the message, and says by a link where that comes from. */
  @Override
  public Observation process(String topic, TraceContext origin) {
    Series series = Series.known(attempts, topic, this::processSeries);
    Context parent = Propagation.extract(origin);
    SpanBuilder span = span(series, parent);
    link(span, parent);
    return new SpanObservation(series, span.startSpan(), 1);
  }

  /** Has links to the traces of all messages. */
  @Override
  public Observation processBulk(String topic, List<TraceContext> origins) {
    Series series = Series.known(batches, topic, this::batchSeries);
    SpanBuilder span =
        span(series, Context.root()).setAttribute(Names.BATCH_SIZE, (long) origins.size());
    origins.forEach(origin -> link(span, Propagation.extract(origin)));
    return new SpanObservation(series, span.startSpan(), origins.size());
  }

  private static void link(SpanBuilder span, Context origin) {
    SpanContext context = Span.fromContext(origin).getSpanContext();
    if (context.isValid()) {
      span.addLink(context);
    }
  }

  @Override
  public void processedBulk(String topic, int succeeded, int retried, int dropped) {
    processed(topic, "success", succeeded);
    processed(topic, "retry", retried);
    processed(topic, "drop", dropped);
  }

  private void processed(String topic, String status, int count) {
    if (count > 0) {
      instruments
          .daprEvents(INGRESS_BULK)
          .add(count, daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_PROCESS_STATUS, status));
    }
  }

  @Override
  public void publishedBulk(String topic, int published, int failed, Duration time) {
    Attributes labels =
        daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_SUCCESS, String.valueOf(failed == 0));
    Instruments.Dapr dapr = instruments.dapr(EGRESS_BULK, "latencies");
    dapr.count().add(1, labels);
    dapr.latencies().record(time.toNanos() / 1e6, labels);
    if (published > 0) {
      instruments
          .daprEvents(EGRESS_BULK)
          .add(published, daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_SUCCESS, "true"));
    }
  }

  @Override
  public PolicyTelemetry policy(PolicyTelemetry.Policy policy) {
    String namespace = application.namespace();
    Attributes identity =
        Attributes.builder()
            .put(Names.DAPR_APP, application.id())
            .put(Names.DAPR_NAMESPACE, namespace == null ? "" : namespace)
            .put(Names.DAPR_NAME, policy.document())
            .put(Names.DAPR_POLICY, policy.kind().name().toLowerCase(Locale.ROOT).replace("_", ""))
            .put(Names.DAPR_DIRECTION, policy.inbound() ? "inbound" : "outbound")
            .put(Names.DAPR_TARGET, target() + "_" + component.name())
            .build();
    return instruments.policy(identity, policy.kind() == PolicyTelemetry.Kind.CIRCUIT_BREAKER);
  }

  /** Returns what Dapr calls the kind of the component. */
  private String target() {
    return switch (component.block()) {
      case "state" -> "Statestore";
      case "secretstores" -> "Secretstore";
      case "bindings" -> "Binding";
      default ->
          component.block().substring(0, 1).toUpperCase(Locale.ROOT)
              + component.block().substring(1);
    };
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
                    success(outcome)),
        error -> errorCode(daprOperation(operation), error));
  }

  private Attributes errorCode(String operation, String error) {
    return ObservedWorkflows.errorCode(application, component.block(), operation, error);
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
        outcome -> daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_SUCCESS, success(outcome)),
        error -> errorCode("publish", error));
  }

  private Series processSeries(String topic) {
    if (component.block().equals("bindings")) {
      return new Series(
          "process " + topic,
          SpanKind.CONSUMER,
          messaging(topic, "process", "process"),
          instruments,
          instruments.processDuration,
          instruments.consumed,
          dapr("component_input_binding"),
          outcome -> daprAttributes(Names.DAPR_SUCCESS, success(outcome), null, null),
          null);
    }
    return new Series(
        "process " + topic,
        SpanKind.CONSUMER,
        consuming(topic),
        instruments,
        instruments.processDuration,
        instruments.consumed,
        dapr("component_pubsub_ingress"),
        outcome ->
            daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_PROCESS_STATUS, outcome).toBuilder()
                .put(Names.DAPR_STATUS, outcome)
                .build(),
        null);
  }

  private Series batchSeries(String topic) {
    return new Series(
        "process " + topic,
        SpanKind.CONSUMER,
        consuming(topic),
        instruments,
        instruments.processDuration,
        instruments.consumed,
        dapr(INGRESS_BULK),
        outcome -> daprAttributes(Names.DAPR_TOPIC, topic, Names.DAPR_PROCESS_STATUS, outcome),
        null);
  }

  private Attributes consuming(String topic) {
    return messaging(topic, "process", "process").toBuilder()
        .put(Names.CONSUMER_GROUP, application.id())
        .build();
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
