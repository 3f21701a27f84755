package dev.inboard.workflow;

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

  /** Removes a schedule. Instances it has started go on. */
  void remove(String name);
}
