package dev.inboard.benchmarks;

import java.util.Arrays;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures two sides in turns of a few calls, in one process and against one server, for a
 * difference that is smaller than what two JVMs, or two minutes, differ by. What disturbs the
 * machine disturbs both sides, and a figure is the median of its turns.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Turns {
  private static final int MOST = 100_000;

  private final long[] ours = new long[MOST];
  private final long[] baseline = new long[MOST];
  private int turns;
  private int calls; // of a turn

  /** Forgets the turns of the iteration before. */
  @Setup(Level.Iteration)
  public void begin() {
    turns = 0;
  }

  /** Measures a turn of so many calls of each side, beginning with the other side each time. */
  public void measure(int calls, Runnable ours, Runnable baseline) {
    this.calls = calls;
    boolean first = turns % 2 == 0;
    long one = nanos(first ? ours : baseline);
    long two = nanos(first ? baseline : ours);
    this.ours[turns % MOST] = first ? one : two;
    this.baseline[turns % MOST] = first ? two : one;
    turns++;
  }

  private long nanos(Runnable call) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return System.nanoTime() - start;
  }

  /** Returns how long a call of ours takes, in microseconds. */
  public double ours() {
    return median(ours);
  }

  /** Returns how long a call of the baseline takes, in microseconds. */
  public double baseline() {
    return median(baseline);
  }

  private double median(long[] nanos) {
    long[] sorted = Arrays.copyOf(nanos, Math.min(turns, MOST));
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / (1_000.0 * calls);
  }
}
