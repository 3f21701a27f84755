package dev.inboard.internal.workflow;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A strand on a thread of an executor. */
final class ThreadStrand implements Strand {
  private volatile @Nullable Thread thread; // written by the strand's own thread

  static void start(Executor executor, Consumer<Strand> body) {
    ThreadStrand strand = new ThreadStrand();
    executor.execute(
        () -> {
          strand.thread = Thread.currentThread();
          try {
            body.accept(strand);
          } finally {
            strand.thread = null;
          }
        });
  }

  @Override
  public void park() {
    LockSupport.park(this);
  }

  @Override
  public void unpark() {
    LockSupport.unpark(thread);
  }

  @Override
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void interrupt() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public StackTraceElement[] stackTrace() {
    Thread running = thread;
    return running == null ? new StackTraceElement[0] : running.getStackTrace();
  }
}
