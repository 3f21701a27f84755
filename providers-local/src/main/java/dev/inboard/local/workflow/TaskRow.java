package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.TaskClaim;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A task of an instance. Not thread-safe. */
final class TaskRow {
  final long number;
  final StoredRow instance;
  final QueuedTask task;
  final Instant queuedAt;
  final Instant visibleAt;
  @Nullable String node;
  long epoch;
  int recoveries;
  Instant claimedUntil;

  TaskRow(long number, StoredRow instance, QueuedTask task, Instant now) {
    this.number = number;
    this.instance = instance;
    this.task = task;
    this.queuedAt = now;
    this.visibleAt = now.plus(task.delay());
    this.claimedUntil = now;
  }

  int priority() {
    return task.priority();
  }

  long number() {
    return number;
  }

  Instant visibleAt() {
    return visibleAt;
  }

  boolean isClaimedBy(TaskClaim claim) {
    return claim.node().equals(node) && claim.epoch() == epoch;
  }

  ClaimedTask claim(String claimant, Instant until) {
    node = claimant;
    epoch++;
    claimedUntil = until;
    return new ClaimedTask(new TaskClaim(number, claimant, epoch), recoveries, task.payload());
  }
}
