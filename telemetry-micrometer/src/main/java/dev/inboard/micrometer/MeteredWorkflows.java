package dev.inboard.micrometer;

import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.spi.telemetry.WorkflowTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Tells Micrometer what the workflows of one backend do. */
final class MeteredWorkflows implements WorkflowTelemetry {
  private static final String WORKFLOW = "inboard.workflow.name";

  private final MeterRegistry registry;
  private final Tags tags;
  private final LongAdder inFlight;
  private final Metered starts;
  private final Map<String, Metered> waits = new ConcurrentHashMap<>();
  private final Map<String, Metered> runs = new ConcurrentHashMap<>();
  private final Map<String, Metered> activities = new ConcurrentHashMap<>();

  MeteredWorkflows(MeterRegistry registry, Tags tags, LongAdder inFlight) {
    this.registry = registry;
    this.tags = tags;
    this.inFlight = inFlight;
    this.starts = metered("inboard.client.operation.duration", "inboard.operation", "start");
  }

  private Metered metered(String name, String key, String value) {
    return new Metered(registry, name, tags.and(key, value), inFlight);
  }

  @Override
  public Observation start(String workflow) {
    return starts.begin();
  }

  @Override
  public TraceContext start(Instance starter, String workflow, boolean child) {
    return starter.trace(); // somebody who traces may go on with it
  }

  @Override
  public Observation.Scope enter(Instance instance) {
    return () -> {};
  }

  @Override
  public void begun(Instance instance, Duration waited) {
    Metered.known(
            waits,
            instance.workflow(),
            known -> metered("inboard.workflow.scheduling.duration", WORKFLOW, known))
        .record(waited.isNegative() ? Duration.ZERO : waited, "success", null);
  }

  @Override
  public Observation attempt(Instance instance, String activity, int attempt) {
    return Metered.known(
            activities,
            activity,
            known ->
                metered("inboard.workflow.activity.duration", "inboard.workflow.activity", known))
        .begin();
  }

  @Override
  public void fired(Instance instance, Instant set, Instant fired) {
    // A timer takes as long as it was told to.
  }

  @Override
  public void ended(Instance instance, String status, Instant began, Instant ended) {
    Duration time = Duration.between(began, ended);
    Metered.known(
            runs,
            instance.workflow(),
            known -> metered("inboard.workflow.duration", WORKFLOW, known))
        .record(time.isNegative() ? Duration.ZERO : time, status, null);
  }
}
