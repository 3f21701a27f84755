package dev.inboard.internal.workflow;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many instances have a strand. Who asks when all are taken waits in line, without blocking.
 */
final class Slots {
  private final int total;
  private final Runnable makeRoom;
  private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by this
  private int taken; // guarded by this
  private volatile boolean wanted; // whether somebody waits; written under the lock

  /**
   * Makes slots.
   *
   * @param makeRoom asks idle instances to leave; called when somebody has to wait, without any
   *     lock
   */
  Slots(int total, Runnable makeRoom) {
    this.total = total;
    this.makeRoom = makeRoom;
  }

  /** Runs the task once there is a slot for it. The task's owner gives the slot back later. */
  void take(Runnable task) {
    boolean free;
    synchronized (this) {
      free = taken < total;
      if (free) {
        taken++;
      } else {
        waiting.add(task);
        wanted = true;
      }
    }
    if (free) {
      task.run();
    } else {
      makeRoom.run();
    }
  }

  /** Hands a slot to whoever waits longest. */
  void giveBack() {
    Runnable next;
    boolean more;
    synchronized (this) {
      next = waiting.poll();
      more = !waiting.isEmpty();
      wanted = more;
      if (next == null) {
        taken--;
      }
    }
    if (next != null) {
      next.run();
    }
    if (more) {
      makeRoom.run();
    }
  }

  /** Says whether somebody waits for a slot. */
  boolean isWanted() {
    return wanted;
  }

  synchronized int taken() {
    return taken;
  }

  synchronized int free() {
    return Math.max(0, total - taken - waiting.size());
  }

  int total() {
    return total;
  }
}
