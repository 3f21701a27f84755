package dev.inboard.workflow;

import java.time.Instant;
import java.util.List;

/**
 * Schedules by which workflows are started again and again. Each one is itself a durable workflow.
 */
public interface Schedules {
  /** Stores a schedule, replacing one of the same name. */
  void put(Schedule schedule);

  /** Lists the names of the schedules, paused ones included. */
  List<String> names();

  /** Fires no more until {@link #resume}. */
  void pause(String name);

  /** Fires again; what was missed meanwhile is treated as the schedule's misfire policy says. */
  void resume(String name);

  /** Starts one instance now. */
  void trigger(String name);

  /**
   * Starts an instance for every time of a past span that was not served, one beside the other; the
   * overlap rule is not asked. Returns when they are started.
   *
   * @param from the first time that counts
   * @param to counts no more
   * @return how many times there are in the span, those that were served before included
   * @throws dev.inboard.common.InboardException {@code INVALID_ARGUMENT} when it is over 10,000
   */
  int backfill(String name, Instant from, Instant to);

  /** Removes a schedule. Instances it has started go on. */
  void remove(String name);
}
