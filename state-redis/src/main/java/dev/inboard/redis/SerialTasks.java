package dev.inboard.redis;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, in the order they come, on whichever thread brings one while none
 * runs. What only the tasks touch needs no lock.
 */
final class SerialTasks {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** Runs a task now or after those that came before. It must not throw, and not block. */
  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      do {
        Runnable next = tasks.poll();
        if (next != null) {
          next.run();
        }
      } while (waiting.decrementAndGet() > 0);
    }
  }
}
