package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.workflow.CallOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an activity as it lies in a queue: all that a node needs to run it which has never
 * heard of the instance. New fields go to the end, where older releases do not look.
 */
final class QueuedActivity {
  private QueuedActivity() {}

  /** Makes the task of an attempt. */
  static QueuedTask of(Execution execution, ActivityTask<?> task) {
    CallOptions options = task.options;
    return new QueuedTask(
        Objects.requireNonNull(options.queue()),
        options.priority(),
        task.name,
        execution.generation(),
        task.number,
        task.attempt(),
        Duration.ofMillis(Math.max(0, task.notBefore() - execution.now())),
        encode(execution, task));
  }

  private static byte[] encode(Execution execution, ActivityTask<?> task) {
    InstanceDefinition instance = execution.definition();
    ByteWriter out = new ByteWriter();
    out.text(instance.id());
    out.text(instance.name());
    out.text(instance.executionId());
    out.number(execution.generation());
    out.number(task.number);
    out.number(task.attempt());
    out.text(task.name);
    out.bytes(task.input);
    out.bytes(task.details());
    out.number(task.deadline());
    out.number(millis(task.options.attemptTimeout()));
    out.number(millis(task.options.heartbeatTimeout()));
    out.number(instance.tags().size());
    instance
        .tags()
        .forEach(
            (name, value) -> {
              out.text(name);
              out.text(value);
            });
    return out.toBytes();
  }

  private static long millis(@Nullable Duration duration) {
    return duration == null ? -1 : duration.toMillis();
  }

  /**
   * Reads the attempt again.
   *
   * @param claim tells this run of it from others
   * @throws IllegalArgumentException when it cannot be read
   */
  static ActivityCall decode(byte[] payload, long claim) {
    ByteReader in = new ByteReader(payload);
    String id = in.text();
    String workflow = in.text();
    String executionId = in.text();
    int generation = in.integer();
    int task = in.integer();
    int attempt = in.integer();
    String name = in.text();
    byte[] input = in.bytes();
    byte[] details = in.bytes();
    long deadline = in.number();
    Duration attemptTimeout = duration(in.number());
    Duration heartbeatTimeout = duration(in.number());
    Map<String, String> tags = new HashMap<>();
    for (int left = in.integer(); left > 0; left--) {
      tags.put(in.text(), in.text());
    }
    CallOptions options =
        CallOptions.DEFAULT
            .withAttemptTimeout(attemptTimeout)
            .withHeartbeatTimeout(heartbeatTimeout);
    return new ActivityCall(
        new ActivityCall.Key(executionId, generation, task, attempt, claim),
        new InstanceDefinition(
            id, workflow, "", executionId, null, null, tags, Instant.EPOCH, Instant.EPOCH),
        attempt,
        name,
        input,
        options,
        deadline,
        details);
  }

  private static @Nullable Duration duration(long millis) {
    return millis < 0 ? null : Duration.ofMillis(millis);
  }
}
