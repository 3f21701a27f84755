package dev.inboard.workflow;

import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * When which workflow is started. Instances get the id {@code <name>/<time>}, so that no time is
 * served twice.
 *
 * @param name unique; names the schedule and its instances
 * @param workflow what to start
 * @param input what to start it with; read back as the workflow's input type
 * @param cron five fields (minute, hour, day of month, month, day of week) or six with seconds
 *     first; null when {@code every} is given
 * @param every a fixed span, counted from the moment the schedule is stored; null when {@code cron}
 *     is given
 * @param zone whose wall clock {@code cron} means
 * @param misfire what becomes of times that passed while nothing ran
 * @param overlap what becomes of a time that comes while the instance before has not finished
 */
public record Schedule(
    String name,
    String workflow,
    @Nullable Object input,
    @Nullable String cron,
    @Nullable Duration every,
    ZoneId zone,
    Misfire misfire,
    Overlap overlap) {

  /** What becomes of times that passed while nothing ran. */
  public enum Misfire {
    /** The latest of them is served, the others are forgotten. */
    FIRE_ONCE,
    /** All of them are served. */
    FIRE_ALL,
    /** They are forgotten. */
    SKIP
  }

  /** What becomes of a time that comes while the instance before has not finished. */
  public enum Overlap {
    /** Both run. */
    ALLOW,
    /** The time is not served. */
    SKIP,
    /** The instance before is terminated. */
    REPLACE,
    /**
     * The time is served when the instance before has finished, which is noticed within a tenth of
     * the time it waited, a second at least and a minute at most. One time waits; others that come
     * meanwhile are not served.
     */
    BUFFER_ONE,
    /** The same, and every time waits, in order; of more than 1,000 the later ones do not. */
    BUFFER_ALL
  }

  /** Checks that there is one way to tell the time. */
  public Schedule {
    if ((cron == null) == (every == null)) {
      throw new IllegalArgumentException("schedule '" + name + "': give either cron or every");
    }
    if (every != null && every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("schedule '" + name + "': every is under a second");
    }
  }

  /** Starts a workflow by the clock on the wall. */
  public static Schedule cron(String name, String cron, ZoneId zone, String workflow) {
    return new Schedule(name, workflow, null, cron, null, zone, Misfire.FIRE_ONCE, Overlap.ALLOW);
  }

  /** Starts a workflow again and again. */
  public static Schedule every(String name, Duration span, String workflow) {
    return new Schedule(
        name,
        workflow,
        null,
        null,
        span,
        java.time.ZoneOffset.UTC,
        Misfire.FIRE_ONCE,
        Overlap.ALLOW);
  }

  /** The same with an input. */
  public Schedule withInput(@Nullable Object input) {
    return new Schedule(name, workflow, input, cron, every, zone, misfire, overlap);
  }

  /** The same with another misfire policy. */
  public Schedule withMisfire(Misfire misfire) {
    return new Schedule(name, workflow, input, cron, every, zone, misfire, overlap);
  }

  /** The same with another rule for instances that take long. */
  public Schedule withOverlap(Overlap overlap) {
    return new Schedule(name, workflow, input, cron, every, zone, misfire, overlap);
  }
}
