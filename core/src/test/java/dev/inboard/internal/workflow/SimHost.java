package dev.inboard.internal.workflow;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** One simulated process: it can be killed, it can be paused, and its clock can be wrong. */
final class SimHost implements Host {
  private final Simulation simulation;
  private final int evictPercent;
  private long clockError;
  private long pausedUntil;
  private boolean dead;

  SimHost(Simulation simulation, int evictPercent) {
    this.simulation = simulation;
    this.evictPercent = evictPercent;
  }

  void kill() {
    dead = true;
  }

  boolean isDead() {
    return dead;
  }

  void pauseUntil(long time) {
    pausedUntil = time;
  }

  void clockError(long millis) {
    clockError = millis;
  }

  /** Runs a task in this process: not after its death, and not while it is paused. */
  Runnable inside(Runnable task) {
    return () -> {
      if (dead) {
        return;
      }
      if (simulation.now() < pausedUntil) {
        simulation.at(pausedUntil, inside(task));
      } else {
        task.run();
      }
    };
  }

  @Override
  public long now() {
    return simulation.now() + clockError;
  }

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public Cancellable schedule(long delayMillis, Runnable task) {
    return simulation.at(simulation.now() + Math.max(0, delayMillis), inside(task));
  }

  @Override
  public void start(String name, Consumer<Strand> body) {
    new SimStrand(simulation, body).start();
  }

  @Override
  public Executor activities() {
    return task -> simulation.at(simulation.now() + simulation.random.nextInt(50), inside(task));
  }

  @Override
  public long random() {
    return simulation.random.nextLong();
  }

  @Override
  public int maxStrands() {
    return 3;
  }

  @Override
  public int maxActivities() {
    return 2;
  }

  @Override
  public boolean evictsNow() {
    return simulation.chance(evictPercent);
  }

  @Override
  public void close() {}
}
