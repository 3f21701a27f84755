package dev.inboard.internal.workflow;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A world of its own: one seed decides what happens next, and when.
 *
 * <p>Everything that could happen at a moment is in a list; the seed picks one. When the list is
 * empty, time moves to the next appointment. Code that blocks runs on {@link SimStrand}s, of which
 * one moves at a time, so nothing is left to the machine.
 */
final class Simulation {
  private static final Comparator<Appointment> BY_TIME =
      Comparator.comparingLong(Appointment::time).thenComparingLong(Appointment::order);

  final Random random;
  private final List<Runnable> ready = new ArrayList<>();
  private final PriorityQueue<Appointment> appointments = new PriorityQueue<>(BY_TIME);
  private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private long order;
  private long moves;
  private @Nullable Throwable broken;
  @Nullable SimStrand current;

  /** Something that happens at a time. */
  private record Appointment(long time, long order, Runnable task) {}

  Simulation(long seed) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
  }

  long now() {
    return now;
  }

  long moves() {
    return moves;
  }

  /** Says yes this often, in percent. */
  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Makes something possible now. */
  void ready(Runnable task) {
    ready.add(task);
  }

  Host.Cancellable at(long time, Runnable task) {
    boolean[] cancelled = new boolean[1];
    appointments.add(
        new Appointment(
            Math.max(time, now),
            order++,
            () -> {
              if (!cancelled[0]) {
                task.run();
              }
            }));
    return () -> cancelled[0] = true;
  }

  /** A promise was broken: the run ends here. */
  void fail(Throwable violation) {
    if (broken == null) {
      broken = violation;
    }
  }

  /** Makes one thing happen; false when nothing can happen any more before this time. */
  boolean step(long until) {
    if (broken instanceof Error error) {
      throw error;
    } else if (broken != null) {
      throw new AssertionError(broken);
    }
    while (!appointments.isEmpty() && appointments.peek().time() <= now) {
      ready.add(appointments.remove().task());
    }
    if (ready.isEmpty()) {
      if (appointments.isEmpty() || appointments.peek().time() > until) {
        return false;
      }
      now = appointments.peek().time();
      return true;
    }
    int pick = random.nextInt(ready.size());
    Runnable task = ready.get(pick);
    ready.set(pick, ready.get(ready.size() - 1));
    ready.remove(ready.size() - 1);
    moves++;
    task.run();
    return true;
  }

  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(now);
      }
    };
  }
}
