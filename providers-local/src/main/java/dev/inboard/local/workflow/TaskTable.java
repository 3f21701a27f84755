package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskClaims;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All tasks, by queue, by number and by instance. Not thread-safe. */
final class TaskTable {
  private final Clock clock;
  private final Map<String, TaskQueue> queues = new HashMap<>();
  private final Map<Long, TaskRow> rows = new LinkedHashMap<>();
  private final Map<StoredRow, Set<TaskRow>> byInstance = new HashMap<>();
  private long lastNumber;

  TaskTable(Clock clock) {
    this.clock = clock;
  }

  private TaskQueue queue(String name) {
    return queues.computeIfAbsent(name, TaskQueue::new);
  }

  void add(StoredRow instance, List<QueuedTask> tasks) {
    for (QueuedTask task : tasks) {
      TaskRow row = new TaskRow(++lastNumber, instance, task, clock.instant());
      rows.put(row.number, row);
      byInstance.computeIfAbsent(instance, any -> new LinkedHashSet<>()).add(row);
      queue(task.queue()).add(row);
    }
  }

  private void remove(TaskRow row) {
    rows.remove(row.number);
    queue(row.task.queue()).remove(row);
    byInstance.computeIfPresent(
        row.instance,
        (instance, tasks) -> {
          tasks.remove(row);
          return tasks.isEmpty() ? null : tasks;
        });
  }

  void removeAll(StoredRow instance) {
    List.copyOf(byInstance.getOrDefault(instance, Set.of())).forEach(this::remove);
  }

  TaskClaims claim(Node node, QueueDemand demand) {
    return queue(demand.queue()).claim(node, demand, clock.instant());
  }

  Set<TaskClaim> renew(Node node, Set<String> listened, Set<TaskClaim> claims) {
    Instant until = clock.instant().plus(node.lease());
    listened.forEach(name -> queue(name).listened(until));
    Set<TaskClaim> held = new LinkedHashSet<>();
    for (TaskClaim claim : claims) {
      TaskRow row = find(claim);
      if (row != null) {
        row.claimedUntil = until;
        held.add(claim);
      }
    }
    return held;
  }

  /** Returns the task of a claim, or null when the claim is not valid any more. */
  @Nullable TaskRow find(TaskClaim claim) {
    TaskRow row = rows.get(claim.number());
    return row != null && row.isClaimedBy(claim) ? row : null;
  }

  /** Removes a task; says whether the claim was valid. */
  boolean complete(TaskClaim claim) {
    TaskRow row = find(claim);
    if (row == null) {
      return false;
    }
    remove(row);
    return true;
  }

  int release(Set<TaskClaim> claims) {
    List<TaskRow> held = claims.stream().map(this::find).filter(Objects::nonNull).toList();
    held.forEach(this::release);
    return held.size();
  }

  private void release(TaskRow row) {
    queue(row.task.queue()).release(row);
  }

  void leave(String node) {
    rows.values().stream().filter(row -> node.equals(row.node)).toList().forEach(this::release);
  }

  List<QueueState> states() {
    return queues.values().stream()
        .map(queue -> queue.state(clock.instant()))
        .filter(Objects::nonNull)
        .toList();
  }
}
