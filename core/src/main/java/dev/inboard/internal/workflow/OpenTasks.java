package dev.inboard.internal.workflow;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tasks of an execution that are not settled, by number, and the number of the next one. */
final class OpenTasks {
  private final Map<Integer, PendingTask<?>> tasks = new LinkedHashMap<>();
  private int next;

  int nextNumber() {
    return next++;
  }

  void add(PendingTask<?> task) {
    tasks.put(task.number, task);
  }

  void remove(PendingTask<?> task) {
    tasks.remove(task.number);
  }

  @Nullable PendingTask<?> get(int number) {
    return tasks.get(number);
  }

  boolean isOpen(PendingTask<?> task) {
    return tasks.get(task.number) == task;
  }

  /** Returns all of them, in the order they were asked for. */
  Collection<PendingTask<?>> all() {
    return tasks.values();
  }

  /** Says whether this node runs an activity. */
  boolean hasActivity() {
    for (PendingTask<?> task : tasks.values()) {
      if (task instanceof ActivityTask<?> activity && !activity.isQueued()) {
        return true;
      }
    }
    return false;
  }
}
