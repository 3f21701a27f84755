package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.EventRaised;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for the next event of a name. */
final class EventTask<T extends @Nullable Object> extends PendingTask<T> {
  private final EventQueue queue;
  private final String name;

  EventTask(Execution execution, EventQueue queue, String name, Type type) {
    super(execution, -1, "event '" + name + "'", type);
    this.queue = queue;
    this.name = name;
  }

  void give(EventRaised event, long at) {
    complete(event.payload(), at);
  }

  @Override
  public T value() {
    queue.taken(this);
    return super.value();
  }

  @Override
  void abandon() {
    queue.abandon(name, this);
  }
}
