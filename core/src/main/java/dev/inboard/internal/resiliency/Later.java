package dev.inboard.internal.resiliency;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A timer that tells every task that will never be due. Safe for use by many threads. */
public final class Later {
  private final ScheduledExecutorService timer;
  private final Set<Task> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean closed; // set once

  /** Prepares to run tasks on a timer, which somebody else ends. */
  public Later(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Something that is due later. One of its two endings happens, once, unless it is cancelled. */
  public final class Task implements Runnable {
    private final Runnable due;
    private final Runnable calledOff;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Future<?> timing; // written once, after the timer took the task

    private Task(Runnable due, Runnable calledOff) {
      this.due = due;
      this.calledOff = calledOff;
    }

    @Override
    public void run() {
      if (take()) {
        due.run();
      }
    }

    /** Keeps the task from running; does nothing when it is too late for that. */
    public void cancel() {
      if (take() && timing != null) {
        timing.cancel(false);
      }
    }

    private void callOff() {
      if (take()) {
        calledOff.run();
      }
    }

    private boolean take() {
      pending.remove(this);
      return over.compareAndSet(false, true);
    }
  }

  /**
   * Runs something later, quickly.
   *
   * @param calledOff runs instead when the timer ends first
   */
  public Task after(long nanos, Runnable due, Runnable calledOff) {
    Task task = new Task(due, calledOff);
    pending.add(task);
    try {
      task.timing = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      task.callOff();
    }
    if (closed) {
      task.callOff();
    }
    return task;
  }

  /** Calls everything off that is not due yet, and whatever is handed over from now on. */
  public void close() {
    closed = true;
    pending.forEach(Task::callOff);
  }
}
