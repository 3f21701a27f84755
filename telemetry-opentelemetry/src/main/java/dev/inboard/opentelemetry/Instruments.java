package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.ComponentTelemetry.Registration;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.LongUpDownCounterBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.opentelemetry.api.metrics.ObservableLongUpDownCounter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The metrics of one runtime: those of the semantic conventions, those of Dapr under its names, and
 * those that neither has.
 *
 * <p>Dapr's counters have no {@code _total} at the end, which exporters to Prometheus add to every
 * counter. So here they are up-down counters, which keep their name.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/database/database-metrics/">Database
 *     metrics</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/">Messaging
 *     metrics</a>
 * @see <a href="https://docs.dapr.io/operations/observability/metrics/metrics-overview/">Dapr's
 *     metrics</a>
 */
final class Instruments implements AutoCloseable {
  private static final List<Double> SECONDS =
      List.of(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);
  private static final List<Double> MESSAGING_SECONDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);
  private static final List<Double> WORK_SECONDS =
      List.of(0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3_600.0, 86_400.0, 604_800.0);
  private static final List<Long> ENTRIES =
      List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 1_024L, 2_048L, 4_096L);
  private static final List<Double> DAPR_MILLISECONDS =
      List.of(
          1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 30.0, 40.0, 50.0, 65.0,
          80.0, 100.0, 130.0, 160.0, 200.0, 250.0, 300.0, 400.0, 500.0, 650.0, 800.0, 1_000.0,
          2_000.0, 5_000.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0);

  private static final String AS_DAPR = "As Dapr counts";

  private final Meter meter;
  private final Map<String, LongUpDownCounter> events = new ConcurrentHashMap<>();
  private final Map<String, Dapr> dapr = new ConcurrentHashMap<>();
  private final Map<Gauge, Set<Reading>> readings = new EnumMap<>(Gauge.class);
  private final List<ObservableLongGauge> gauges;
  private final Set<Reading> inFlight = ConcurrentHashMap.newKeySet();
  private final Map<Attributes, ObservedPolicy> policies = new ConcurrentHashMap<>();
  private final List<ObservableLongUpDownCounter> sums;

  final DoubleHistogram databaseDuration;
  final DoubleHistogram operationDuration;
  final DoubleHistogram publishDuration;
  final DoubleHistogram processDuration;
  final DoubleHistogram activityDuration;
  final DoubleHistogram workflowDuration;
  final DoubleHistogram schedulingLatency;
  final LongHistogram groupCommits;
  final LongUpDownCounter loaded;
  final LongUpDownCounter policiesLoaded;
  final LongCounter policyActivations;
  final LongCounter errorCodes;
  final LongCounter sent;
  final LongCounter consumed;
  final LongCounter retries;
  final LongCounter deadLetters;

  /** One of Dapr's pairs of metrics. */
  record Dapr(LongUpDownCounter count, DoubleHistogram latencies) {}

  private record Reading(Attributes attributes, LongSupplier value) {}

  Instruments(Meter meter) {
    this.meter = meter;
    databaseDuration = seconds("db.client.operation.duration", SECONDS, "Calls to state stores");
    operationDuration =
        seconds("inboard.client.operation.duration", SECONDS, "Calls to other components");
    publishDuration =
        seconds("messaging.client.operation.duration", MESSAGING_SECONDS, "Publications");
    processDuration =
        seconds("messaging.process.duration", MESSAGING_SECONDS, "Attempts of handlers");
    activityDuration =
        seconds("inboard.workflow.activity.duration", WORK_SECONDS, "Runs of activities");
    workflowDuration =
        seconds("inboard.workflow.duration", WORK_SECONDS, "Workflows, from begin to end");
    schedulingLatency = daprLatency("runtime_workflow_scheduling_latency");
    groupCommits =
        meter
            .histogramBuilder("inboard.group_commit.size")
            .ofLongs()
            .setUnit("{entry}")
            .setDescription("Entries that were committed together")
            .setExplicitBucketBoundariesAdvice(ENTRIES)
            .build();
    loaded = daprSum("runtime_component_loaded").build();
    policiesLoaded = daprSum("resiliency_loaded").build();
    policyActivations =
        meter.counterBuilder("dapr_resiliency_activations").setDescription(AS_DAPR).build();
    errorCodes = meter.counterBuilder("dapr_error_code").setDescription(AS_DAPR).build();
    sent = counter("messaging.client.sent.messages", "{message}", "Published messages");
    consumed = counter("messaging.client.consumed.messages", "{message}", "Messages handed out");
    retries = counter("inboard.retries", "{attempt}", "Attempts that failed and are repeated");
    deadLetters = counter("inboard.dead_letters", "{message}", "Messages made dead letters");
    sums =
        List.of(
            meter
                .upDownCounterBuilder("inboard.in_flight")
                .setUnit("{operation}")
                .setDescription("Calls and attempts under way")
                .buildWithCallback(
                    measurement ->
                        inFlight.forEach(
                            reading ->
                                measurement.record(reading.value.getAsLong(), reading.attributes))),
            daprSum("resiliency_count")
                .buildWithCallback(
                    measurement ->
                        policies.values().forEach(policy -> policy.tellCount(measurement))));
    gauges =
        List.of(
            gauge(Gauge.QUEUE_DEPTH, "inboard.queue.depth", "Messages that wait for a handler"),
            gauge(Gauge.CONSUMER_LAG, "inboard.consumer.lag", "Messages that wait at the broker"),
            gauge(Gauge.OUTBOX_WAITING, "inboard.outbox.waiting", "Events that wait in an outbox"),
            gauge(
                Gauge.OUTBOX_OLDEST,
                "inboard.outbox.oldest.seconds",
                "For how long the oldest event of an outbox has waited"),
            gauge(Gauge.BREAKER_STATE, "inboard.breaker.state", "0 closed, 1 half open, 2 open"),
            gauge(
                Gauge.WORKFLOWS_IN_MEMORY,
                "inboard.workflow.in_memory",
                "Workflows that this process has in memory"),
            gauge(
                Gauge.ACTIVITIES_RUNNING,
                "inboard.workflow.activity.running",
                "Activities that run"),
            gauge(
                Gauge.ACTIVITIES_WAITING,
                "inboard.workflow.activity.waiting",
                "Activities that wait for others to end"),
            gauge(
                Gauge.ACTIVITIES_UNHEARD,
                "inboard.workflow.activity.unheard",
                "Activities that wait in queues that no node listens to"),
            meter
                .gaugeBuilder("dapr_resiliency_cb_state")
                .ofLongs()
                .setDescription("As Dapr tells: 1 for the state of the last use")
                .buildWithCallback(
                    measurement ->
                        policies.values().forEach(policy -> policy.tellState(measurement))));
  }

  private LongUpDownCounterBuilder daprSum(String name) {
    return meter.upDownCounterBuilder("dapr_" + name).setDescription(AS_DAPR);
  }

  private DoubleHistogram seconds(String name, List<Double> buckets, String description) {
    return histogram(name, buckets, description).setUnit("s").build();
  }

  private DoubleHistogramBuilder histogram(String name, List<Double> buckets, String description) {
    return meter
        .histogramBuilder(name)
        .setDescription(description)
        .setExplicitBucketBoundariesAdvice(buckets);
  }

  private LongCounter counter(String name, String unit, String description) {
    return meter.counterBuilder(name).setUnit(unit).setDescription(description).build();
  }

  private ObservableLongGauge gauge(Gauge gauge, String name, String description) {
    Set<Reading> all = ConcurrentHashMap.newKeySet();
    readings.put(gauge, all);
    return meter
        .gaugeBuilder(name)
        .ofLongs()
        .setDescription(description)
        .buildWithCallback(
            measurement ->
                all.forEach(
                    reading -> {
                      long value = reading.value.getAsLong();
                      if (value >= 0) {
                        measurement.record(value, reading.attributes);
                      }
                    }));
  }

  /**
   * Returns Dapr's pair of metrics.
   *
   * @param family such as {@code component_state}
   * @param latency what Dapr calls the second one in this family
   */
  Dapr dapr(String family, String latency) {
    return dapr.computeIfAbsent(
        family,
        known -> new Dapr(daprSum(known + "_count").build(), daprLatency(known + "_" + latency)));
  }

  private DoubleHistogram daprLatency(String name) {
    return histogram("dapr_" + name, DAPR_MILLISECONDS, "As Dapr measures, in milliseconds")
        .build();
  }

  /** Returns Dapr's third metric of a bulk: how many events there were. */
  LongUpDownCounter daprEvents(String family) {
    return events.computeIfAbsent(family, known -> daprSum(known + "_event_count").build());
  }

  /** Returns who listens to a policy; the same for the same identity. */
  ObservedPolicy policy(Attributes identity, boolean isBreaker) {
    return policies.computeIfAbsent(
        identity, known -> new ObservedPolicy(known, isBreaker, policyActivations));
  }

  /** Returns what counts work under way: cheaper than a counter that is told of every change. */
  LongAdder inFlight(Attributes attributes) {
    LongAdder adder = new LongAdder();
    inFlight.add(new Reading(attributes, adder::sum));
    return adder;
  }

  Registration read(Gauge gauge, Attributes attributes, LongSupplier value) {
    Set<Reading> all = readings.getOrDefault(gauge, Set.of());
    Reading reading = new Reading(attributes, value);
    all.add(reading);
    return () -> all.remove(reading);
  }

  @Override
  public void close() {
    gauges.forEach(ObservableLongGauge::close);
    sums.forEach(ObservableLongUpDownCounter::close);
  }
}
