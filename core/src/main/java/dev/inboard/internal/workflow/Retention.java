package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Deletes instances that finished long enough ago, some at a time. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Retention {
  private static final int CHUNK = 500;
  private static final long SHORTEST_PAUSE = 1_000;
  private static final long LONGEST_PAUSE = 60_000;

  private final Engine engine;
  private final Map<WorkflowStatus, Duration> ages;

  Retention(Engine engine, Map<WorkflowStatus, Duration> ages) {
    this.engine = engine;
    this.ages = ages;
  }

  void start() {
    ages.forEach(this::later);
  }

  private void later(WorkflowStatus status, Duration age) {
    after(Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, age.toMillis() / 10)), status, age);
  }

  private void after(long pause, WorkflowStatus status, Duration age) {
    engine.timers().at(engine.host().now() + pause, () -> delete(status, age));
  }

  private void delete(WorkflowStatus status, Duration age) {
    InstanceFilter old =
        new InstanceFilter(
            Set.of(InstanceStatus.valueOf(status.name())),
            null,
            null,
            null,
            null,
            null,
            Instant.ofEpochMilli(engine.host().now() - age.toMillis()),
            Map.of());
    engine
        .call(engine.driver().purge(old, CHUNK))
        .whenComplete(
            (count, error) -> {
              if (error == null && count == CHUNK) {
                after(0, status, age); // not from here: there may be thousands of chunks
              } else {
                later(status, age);
              }
            });
  }
}
