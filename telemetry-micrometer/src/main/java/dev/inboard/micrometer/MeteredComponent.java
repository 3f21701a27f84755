package dev.inboard.micrometer;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.PolicyTelemetry;
import dev.inboard.spi.telemetry.Telemetry.Component;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells Micrometer what one component does. Everything of one name has the same tag keys. */
final class MeteredComponent implements ComponentTelemetry {
  /** Dapr's metrics alone tell what a policy does. */
  private static final PolicyTelemetry UNHEARD =
      new PolicyTelemetry() {
        @Override
        public void applied(State state) {}

        @Override
        public void activated(State state) {}
      };

  private static final String TOPIC = "messaging.destination.name";

  private final MeterRegistry registry;
  private final Component component;
  private final Tags tags;
  private final DistributionSummary commits;
  private final LongAdder inFlight = new LongAdder();
  private final List<Meter> gauges = new CopyOnWriteArrayList<>();
  private final Map<String, Metered> calls = new ConcurrentHashMap<>();
  private final Map<String, Metered> publications = new ConcurrentHashMap<>();
  private final Map<String, Metered> attempts = new ConcurrentHashMap<>();

  MeteredComponent(MeterRegistry registry, Component component) {
    this.registry = registry;
    this.component = component;
    this.tags =
        Tags.of("inboard.component.name", component.name())
            .and("inboard.component.type", component.type());
    this.commits =
        DistributionSummary.builder("inboard.group_commit.size")
            .tags(tags)
            .serviceLevelObjectives(1, 4, 16, 64, 256, 1_024, 4_096)
            .register(registry);
    gauge("inboard.in_flight", tags, inFlight::sum);
  }

  @Override
  public Observation call(String operation) {
    boolean database = component.block().equals("state");
    String name = database ? "db.client.operation.duration" : "inboard.client.operation.duration";
    String key = database ? "db.operation.name" : "inboard.operation";
    return Metered.known(calls, operation, known -> metered(name, tags.and(key, known))).begin();
  }

  private Metered metered(String name, Tags all) {
    return new Metered(registry, name, all, inFlight);
  }

  @Override
  public Observation publish(String topic) {
    return Metered.known(
            publications,
            topic,
            known -> metered("messaging.client.operation.duration", tags.and(TOPIC, known)))
        .begin();
  }

  @Override
  public TraceContext create(String topic) {
    return TraceContext.NONE;
  }

  @Override
  public Observation publish(String topic, TraceContext origin) {
    return publish(topic);
  }

  @Override
  public void publishedBulk(String topic, int published, int failed, Duration time) {
    // Its events are told one by one.
  }

  @Override
  public Observation processBulk(String topic, List<TraceContext> origins) {
    return process(topic, TraceContext.NONE);
  }

  @Override
  public void processedBulk(String topic, int succeeded, int retried, int dropped) {
    // Dapr's metrics alone tell that.
  }

  @Override
  public PolicyTelemetry policy(PolicyTelemetry.Policy policy) {
    return UNHEARD;
  }

  @Override
  public Observation process(String topic, TraceContext origin) {
    return Metered.known(
            attempts, topic, known -> metered("messaging.process.duration", tags.and(TOPIC, known)))
        .begin();
  }

  @Override
  public void retried(@Nullable String topic) {
    registry.counter("inboard.retries", about(topic)).increment();
  }

  @Override
  public void deadLettered(String topic, String reason) {
    registry
        .counter("inboard.dead_letters", about(topic).and("inboard.reason", reason))
        .increment();
  }

  private Tags about(@Nullable String topic) {
    return tags.and(TOPIC, topic == null ? "" : topic);
  }

  @Override
  public void committed(int entries) {
    commits.record(entries);
  }

  @Override
  public WorkflowTelemetry workflows() {
    return new MeteredWorkflows(registry, tags, inFlight);
  }

  @Override
  public Registration gauge(Gauge gauge, @Nullable String topic, LongSupplier value) {
    String name =
        switch (gauge) {
          case QUEUE_DEPTH -> "inboard.queue.depth";
          case CONSUMER_LAG -> "inboard.consumer.lag";
          case OUTBOX_WAITING -> "inboard.outbox.waiting";
          case OUTBOX_OLDEST -> "inboard.outbox.oldest.seconds";
          case BREAKER_STATE -> "inboard.breaker.state";
          case WORKFLOWS_IN_MEMORY -> "inboard.workflow.in_memory";
          case ACTIVITIES_RUNNING -> "inboard.workflow.activity.running";
          case ACTIVITIES_WAITING -> "inboard.workflow.activity.waiting";
          case ACTIVITIES_UNHEARD -> "inboard.workflow.activity.unheard";
        };
    return gauge(name, about(topic), value);
  }

  private Registration gauge(String name, Tags all, LongSupplier value) {
    Supplier<Number> known =
        () -> {
          long now = value.getAsLong();
          return now < 0 ? Double.NaN : (double) now;
        };
    Meter meter =
        io.micrometer.core.instrument.Gauge.builder(name, known)
            .tags(all)
            .strongReference(true)
            .register(registry);
    gauges.add(meter);
    return () -> {
      gauges.remove(meter);
      registry.remove(meter);
    };
  }

  /** Lets go of what reads the runtime. */
  void close() {
    gauges.forEach(registry::remove);
  }
}
