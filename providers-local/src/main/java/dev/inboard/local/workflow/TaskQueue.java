package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.TaskClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one queue: waiting for their time, waiting to be claimed, claimed. Not thread-safe.
 */
final class TaskQueue {
  private final String name;
  private final TreeSet<TaskRow> delayed =
      new TreeSet<>(Comparator.comparing(TaskRow::visibleAt).thenComparingLong(TaskRow::number));
  private final TreeSet<TaskRow> waiting =
      new TreeSet<>(Comparator.comparingInt(TaskRow::priority).thenComparingLong(TaskRow::number));
  private final Set<TaskRow> claimed = new LinkedHashSet<>();
  private final Deque<Instant> begun = new ArrayDeque<>();
  private Instant listenedUntil = Instant.MIN;

  TaskQueue(String name) {
    this.name = name;
  }

  void add(TaskRow row) {
    (row.task.delay().isZero() ? waiting : delayed).add(row);
  }

  void remove(TaskRow row) {
    delayed.remove(row);
    waiting.remove(row);
    claimed.remove(row);
  }

  void release(TaskRow row) {
    row.node = null;
    claimed.remove(row);
    waiting.add(row);
  }

  void listened(Instant until) {
    listenedUntil = until.isAfter(listenedUntil) ? until : listenedUntil;
  }

  TaskClaims claim(Node node, QueueDemand demand, Instant now) {
    for (TaskRow row : List.copyOf(claimed)) {
      if (row.claimedUntil.isBefore(now)) {
        row.recoveries++;
        release(row);
      }
    }
    while (!delayed.isEmpty() && !delayed.first().visibleAt.isAfter(now)) {
      waiting.add(delayed.pollFirst());
    }
    int most = Math.min(demand.max(), allowed(demand, now));
    List<ClaimedTask> tasks = new ArrayList<>();
    while (tasks.size() < most && !waiting.isEmpty()) {
      TaskRow row = waiting.pollFirst();
      claimed.add(row);
      tasks.add(row.claim(node.id(), now.plus(node.lease())));
      if (demand.rate() > 0) {
        begun.add(now);
      }
    }
    return new TaskClaims(tasks, nextIn(demand, now));
  }

  private int allowed(QueueDemand demand, Instant now) {
    int allowed = Integer.MAX_VALUE;
    if (demand.concurrency() > 0) {
      allowed = demand.concurrency() - claimed.size();
    }
    if (demand.rate() > 0) {
      Instant since = now.minus(demand.period());
      while (!begun.isEmpty() && !begun.getFirst().isAfter(since)) {
        begun.removeFirst();
      }
      allowed = Math.min(allowed, demand.rate() - begun.size());
    }
    return allowed;
  }

  private @Nullable Duration nextIn(QueueDemand demand, Instant now) {
    Instant next = delayed.isEmpty() ? null : delayed.first().visibleAt;
    if (!waiting.isEmpty() && demand.rate() > 0 && begun.size() >= demand.rate()) {
      Instant allowed = begun.getFirst().plus(demand.period());
      next = next == null || allowed.isBefore(next) ? allowed : next;
    }
    return next == null ? null : Duration.between(now, next);
  }

  @Nullable QueueState state(Instant now) {
    long unclaimed = (long) delayed.size() + waiting.size();
    if (unclaimed + claimed.size() == 0) {
      return null;
    }
    Instant oldest = now;
    for (Set<TaskRow> rows : List.<Set<TaskRow>>of(delayed, waiting)) {
      for (TaskRow row : rows) {
        oldest = row.queuedAt.isBefore(oldest) ? row.queuedAt : oldest;
      }
    }
    return new QueueState(
        name,
        unclaimed,
        claimed.size(),
        Duration.between(oldest, now),
        !listenedUntil.isBefore(now));
  }
}
