package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.ResiliencyResource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets so many calls be under way at one time; the others wait in line. Safe for use by many
 * threads.
 */
final class Bulkhead {
  private final ResiliencyResource.Bulkhead rule;
  private final Later later;
  private final Executor executor;
  private final Queue<Waiting> line = new ArrayDeque<>(); // guarded by this
  private int underWay; // guarded by this

  /** A call that waits for its turn; it leaves the line once, for either of two reasons. */
  private record Waiting(Runnable turn, Runnable refused) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * Makes an empty one.
   *
   * @param executor begins what waited
   */
  Bulkhead(ResiliencyResource.Bulkhead rule, Later later, Executor executor) {
    this.rule = rule;
    this.later = later;
    this.executor = executor;
  }

  /**
   * Begins something when its turn comes: at once on this thread, or later on another.
   *
   * @param turn must call {@link #leave} in the end
   * @param refused runs instead when the turn does not come in time
   */
  void enter(Runnable turn, Runnable refused) {
    Waiting waiting = new Waiting(turn, refused);
    boolean mayWait = !rule.maxWait().isZero();
    boolean enters;
    synchronized (this) {
      enters = underWay < rule.maxConcurrent();
      if (enters) {
        underWay++;
      } else if (mayWait) {
        line.add(waiting);
      }
    }
    if (enters) {
      turn.run();
    } else if (mayWait) {
      later.after(rule.maxWait().toNanos(), () -> stepOut(waiting), () -> stepOut(waiting));
    } else {
      refused.run();
    }
  }

  private void stepOut(Waiting waiting) {
    boolean wasInLine;
    synchronized (this) {
      wasInLine = line.remove(waiting);
    }
    if (wasInLine) {
      waiting.refused.run();
    }
  }

  /** Ends what began; the next in line begins. */
  void leave() {
    Waiting next;
    synchronized (this) {
      next = line.poll();
      if (next == null) {
        underWay--;
        return;
      }
    }
    try {
      executor.execute(next.turn);
    } catch (RejectedExecutionException e) { // the runtime is closing
      next.refused.run();
      leave();
    }
  }
}
