package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Host.Cancellable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The times one instance in memory waits for, by number of the request. Used by one runner at a
 * time.
 */
final class Alarms {
  private static final int FEW = 32;

  private final TimerHeap heap;
  private final Map<Integer, Cancellable> set = new HashMap<>();
  private int left; // after the last sweep

  Alarms(TimerHeap heap) {
    this.heap = heap;
  }

  void at(long time, int task, Runnable action) {
    Cancellable before = set.put(task, heap.at(time, action));
    if (before != null) {
      before.cancel();
    }
  }

  /** Lets go of the alarms nobody waits for any more, once there are enough to be worth a look. */
  void sweep(IntPredicate isPending) {
    if (set.size() < FEW || set.size() < 2 * left) {
      return;
    }
    set.entrySet()
        .removeIf(
            alarm -> {
              boolean over = !isPending.test(alarm.getKey());
              if (over) {
                alarm.getValue().cancel();
              }
              return over;
            });
    left = set.size();
  }

  void clear() {
    set.values().forEach(Cancellable::cancel);
    set.clear();
  }
}
