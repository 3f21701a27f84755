package dev.inboard.internal.workflow;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where an instance's code runs and rests: its strand, which lends itself to the activity that the
 * code waits for while it rests.
 */
final class Seat {
  private volatile @Nullable Strand strand; // the one that began last; it writes this itself
  private volatile boolean resumed; // the strand may leave its pause
  private final AtomicReference<@Nullable Runnable> lent = new AtomicReference<>();
  private volatile boolean lending;

  void start(Host host, String name, Runnable body) {
    resumed = false;
    host.start(
        name,
        own -> {
          strand = own;
          body.run();
        });
  }

  boolean isCurrent() {
    Strand own = strand;
    return own != null && own.isCurrent();
  }

  boolean isLending() {
    return lending;
  }

  /** Begins a pause, which {@link #resume} ends. */
  void beginPause() {
    resumed = false;
  }

  void resume() {
    resumed = true;
    strand().unpark();
  }

  /** Rests until resumed or unwound, meanwhile doing what is lent to the strand. On the strand. */
  void rest(Execution resting, Executor elsewhere) {
    Strand own = strand();
    while (!resumed && !resting.isUnwinding()) {
      Runnable work = lent.getAndSet(null);
      if (work == null) {
        own.park();
      } else {
        work.run();
        lending = false;
      }
    }
    takeBack(elsewhere);
  }

  /** Has the resting strand do something. */
  void lend(Execution lender, Runnable work, Executor elsewhere) {
    lending = true;
    lent.set(work);
    strand().unpark();
    if (resumed || lender.isUnwinding()) {
      takeBack(elsewhere);
    }
  }

  /** Has lent work done elsewhere if the strand has not begun it. */
  private void takeBack(Executor elsewhere) {
    Runnable work = lent.getAndSet(null);
    if (work != null) {
      lending = false;
      elsewhere.execute(work);
    }
  }

  private Strand strand() {
    return Objects.requireNonNull(strand, "the strand has not begun");
  }

  /** Wakes the strand, if there is one, to see that it is to unwind. */
  void wake() {
    Strand own = strand;
    if (own != null) {
      own.unpark();
    }
  }

  /** Interrupts code that does not come back. */
  void interrupt() {
    Strand own = strand;
    if (own != null) {
      own.interrupt();
    }
  }

  StackTraceElement[] stackTrace() {
    Strand own = strand;
    return own == null ? new StackTraceElement[0] : own.stackTrace();
  }
}
