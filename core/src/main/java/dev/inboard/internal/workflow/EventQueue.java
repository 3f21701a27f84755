package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.EventRaised;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Events nobody has asked for yet, and those who wait for one; both first come, first served. */
final class EventQueue {
  private final Map<String, Deque<EventRaised>> unclaimed = new HashMap<>();
  private final Map<String, Deque<EventTask<?>>> waiting = new HashMap<>();

  /** Everything the code has not looked at, by message id, in the order of arrival. */
  private final Map<String, EventRaised> untaken = new LinkedHashMap<>();

  private final Map<EventTask<?>, EventRaised> given = new HashMap<>();

  void raised(EventRaised event, long at) {
    untaken.put(event.messageId(), event);
    Deque<EventTask<?>> tasks = waiting.get(key(event.name()));
    EventTask<?> oldest = tasks == null ? null : tasks.poll();
    if (oldest == null) {
      unclaimed.computeIfAbsent(key(event.name()), any -> new ArrayDeque<>()).add(event);
    } else {
      give(oldest, event, at);
    }
  }

  void await(String name, EventTask<?> task, long at) {
    Deque<EventRaised> events = unclaimed.get(key(name));
    EventRaised oldest = events == null ? null : events.poll();
    if (oldest == null) {
      waiting.computeIfAbsent(key(name), any -> new ArrayDeque<>()).add(task);
    } else {
      give(task, oldest, at);
    }
  }

  private void give(EventTask<?> task, EventRaised event, long at) {
    given.put(task, event);
    task.give(event, at);
  }

  /** The code has looked at what the task got. */
  void taken(EventTask<?> task) {
    EventRaised event = given.remove(task);
    if (event != null) {
      untaken.remove(event.messageId());
    }
  }

  void abandon(String name, EventTask<?> task) {
    Deque<EventTask<?>> tasks = waiting.get(key(name));
    if (tasks != null) {
      tasks.remove(task);
    }
  }

  /** Returns the events that the code has not looked at, in the order they came. */
  List<EventRaised> untaken() {
    return new ArrayList<>(untaken.values());
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
