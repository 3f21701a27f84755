package dev.inboard.internal.workflow;

import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Where the engine gets time, threads and randomness from. */
public interface Host {
  /** Returns the time, in milliseconds since 1970. May jump. */
  long now();

  /** Returns a count of nanoseconds to measure durations with. */
  long nanoTime();

  /** Runs something later, once; it must be quick. */
  Cancellable schedule(long delayMillis, Runnable task);

  /** Begins a strand, whose body is told which one it runs on. */
  void start(String name, Consumer<Strand> body);

  /** Returns what runs activities; takes as many as it is given. */
  Executor activities();

  /**
   * Says how long the engine sleeps at most before it looks at the clock again, in milliseconds.
   */
  default long longestSleep() {
    return 1_000;
  }

  /** Returns a random number. */
  long random();

  /** Returns an id that is given once. */
  default String newId() {
    return new UUID(random(), random()).toString();
  }

  /** Says how many strands can be alive at a time. */
  int maxStrands();

  /** Says how many activities should run at a time. */
  int maxActivities();

  /** Decides whether an idle instance is thrown out of memory right now; for tests. */
  default boolean evictsNow() {
    return false;
  }

  /** Ends its threads; waits a little for them. */
  void close();

  /** Something that was scheduled. */
  @FunctionalInterface
  interface Cancellable {
    /** Makes it not happen, if it has not begun. */
    void cancel();
  }
}
