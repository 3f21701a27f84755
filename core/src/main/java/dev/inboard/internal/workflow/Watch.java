package dev.inboard.internal.workflow;

/** Looks now and then after instances whose code does not come back, or that idle in memory. */
final class Watch {
  private static final long SLOW_TURN = 1_000;

  private final Engine engine;

  Watch(Engine engine) {
    this.engine = engine;
  }

  void start() {
    engine.timers().at(engine.host().now() + engine.host().longestSleep(), this::look);
  }

  private void look() {
    long now = engine.host().now();
    long idleSince = now - engine.options().idle().toMillis();
    for (Instance instance : engine.instances().all()) {
      long since = instance.runningSince();
      if (since > 0 && now - since > SLOW_TURN) {
        engine.reports().slow(instance.id(), since, now, instance.stackTrace());
      }
      if (instance.lastUsed() < idleSince) {
        instance.leaving.leave(false);
      }
    }
    start();
  }
}
