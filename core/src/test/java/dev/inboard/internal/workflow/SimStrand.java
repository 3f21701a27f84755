package dev.inboard.internal.workflow;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** A thread that moves only while the simulation waits for it. */
final class SimStrand implements Strand {
  private static final ThreadFactory DAEMONS =
      task -> {
        Thread thread = new Thread(task, "simulated");
        thread.setDaemon(true);
        return thread;
      };
  private static final ExecutorService THREADS = Executors.newCachedThreadPool(DAEMONS);

  private final Simulation simulation;
  private final Consumer<Strand> body;
  private final Semaphore toStrand = new Semaphore(0);
  private final Semaphore toSimulation = new Semaphore(0);
  private boolean started;
  private boolean queued = true;
  private boolean permit;
  private boolean ended;

  SimStrand(Simulation simulation, Consumer<Strand> body) {
    this.simulation = simulation;
    this.body = body;
  }

  void start() {
    simulation.ready(this::move);
  }

  /** Lets the strand move until it parks or ends. */
  private void move() {
    queued = false;
    simulation.current = this;
    if (started) {
      toStrand.release();
    } else {
      started = true;
      THREADS.execute(this::run);
    }
    toSimulation.acquireUninterruptibly();
    simulation.current = null;
  }

  private void run() {
    try {
      body.accept(this);
    } catch (Throwable e) {
      simulation.fail(e);
    } finally {
      ended = true;
      toSimulation.release();
    }
  }

  @Override
  public void park() {
    if (permit) {
      permit = false;
      return;
    }
    toSimulation.release();
    toStrand.acquireUninterruptibly();
  }

  @Override
  public void unpark() {
    if (ended || queued) {
      return;
    }
    if (simulation.current == this) {
      permit = true;
    } else {
      queued = true;
      simulation.ready(this::move);
    }
  }

  @Override
  public boolean isCurrent() {
    return simulation.current == this;
  }

  @Override
  public void interrupt() {}

  @Override
  public StackTraceElement[] stackTrace() {
    return new StackTraceElement[0];
  }
}
