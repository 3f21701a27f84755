package dev.inboard.workflow;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How the engine of one runtime works.
 *
 * @param maxInMemory how many instances are kept in memory, each with a thread; others are brought
 *     back from their history when something happens to them. 0: 10,000 on virtual threads, else
 *     256
 * @param idle after how long without an event an instance leaves memory
 * @param maxActivities how many activities run at a time. 0: 10,000 on virtual threads, else 128
 * @param activityLimits how many run at a time, by name of the activity
 * @param lease how long after the last sign of life of this node others may take its instances over
 * @param poll how often the backend is asked when no hint comes
 * @param maxPayload largest input, result or event, in bytes
 * @param maxHistory longest history, in events; a quarter of it is when continuing as new is
 *     suggested
 * @param maxRecoveries how often an instance may be taken from a dead node, without storing
 *     anything in between, before it is stalled
 * @param retention how long a finished instance is kept, by how it ended; for ever when it ended in
 *     a way that is not named
 */
public record WorkflowOptions(
    int maxInMemory,
    Duration idle,
    int maxActivities,
    Map<String, Integer> activityLimits,
    Duration lease,
    Duration poll,
    int maxPayload,
    int maxHistory,
    int maxRecoveries,
    Map<WorkflowStatus, Duration> retention) {
  /** The settings when nothing is said. */
  public static final WorkflowOptions DEFAULT =
      new WorkflowOptions(
          0,
          Duration.ofSeconds(60),
          0,
          Map.of(),
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          2 * 1024 * 1024,
          50_000,
          100,
          Map.of());

  /** Checks and copies the values. */
  public WorkflowOptions {
    activityLimits = Map.copyOf(activityLimits);
    retention = Map.copyOf(retention);
    atLeast("maxInMemory", maxInMemory, 0);
    atLeast("maxActivities", maxActivities, 0);
    atLeast("maxPayload", maxPayload, 1);
    atLeast("maxHistory", maxHistory, 1);
    atLeast("maxRecoveries", maxRecoveries, 0);
    activityLimits.forEach(
        (name, limit) -> atLeast("the limit of activity '" + name + "'", limit, 1));
    positive("idle", idle);
    positive("lease", lease);
    positive("poll", poll);
    retention.forEach(
        (status, age) -> {
          if (!status.isFinished() || age.isNegative()) {
            throw new IllegalArgumentException(
                "retention of "
                    + status
                    + " is "
                    + age
                    + "; it is for finished instances, and not negative");
          }
        });
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + " is " + value + ", but must be at least " + least);
    }
  }

  private static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " is " + value + ", but must be positive");
    }
  }

  /** The same with another number of instances in memory. */
  public WorkflowOptions withMaxInMemory(int instances) {
    return new WorkflowOptions(
        instances,
        idle,
        maxActivities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /** The same with another time in memory. */
  public WorkflowOptions withIdle(Duration idle) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        maxActivities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /** The same with another number of activities at a time. */
  public WorkflowOptions withMaxActivities(int activities) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        activities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /** The same with limits for single activities. */
  public WorkflowOptions withActivityLimits(Map<String, Integer> limits) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        maxActivities,
        limits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /** The same with another lease and poll time. */
  public WorkflowOptions withLease(Duration lease, Duration poll) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        maxActivities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /** The same with other limits for what is stored. */
  public WorkflowOptions withLimits(int maxPayload, int maxHistory, int maxRecoveries) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        maxActivities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        retention);
  }

  /**
   * The same, deleting instances some time after they finished, however they ended.
   *
   * @param age zero: soon, perhaps before those who want to wait for the result find it
   */
  public WorkflowOptions withRetention(Duration age) {
    Map<WorkflowStatus, Duration> ages = new EnumMap<>(WorkflowStatus.class);
    for (WorkflowStatus status : WorkflowStatus.values()) {
      if (status.isFinished()) {
        ages.put(status, age);
      }
    }
    return withRetention(ages);
  }

  /** The same, deleting instances some time after they ended in one of these ways. */
  public WorkflowOptions withRetention(Map<WorkflowStatus, Duration> ages) {
    return new WorkflowOptions(
        maxInMemory,
        idle,
        maxActivities,
        activityLimits,
        lease,
        poll,
        maxPayload,
        maxHistory,
        maxRecoveries,
        ages);
  }
}
