package dev.inboard.rabbitmq;

import java.util.OptionalInt;

/**
 * How many messages the broker hands over unsettled. Those that rest take places without keeping
 * the receiver busy, so the window grows while there are any. Safe for concurrent use.
 */
final class Window {
  private static final int MOST_EXTRA = 1_000;
  private static final int LARGEST = 65_535;

  private final int first;
  private final int most;
  private int size; // guarded by this
  private boolean changing; // guarded by this

  /**
   * Makes a window.
   *
   * @param grows whether others may be delivered before a message that rests
   */
  Window(int first, boolean grows) {
    this.first = Math.min(first, LARGEST);
    this.most = grows ? Math.min(this.first + MOST_EXTRA, LARGEST) : this.first;
    this.size = this.first;
  }

  /** Begins again, as a new channel does; returns its size. */
  synchronized int reset() {
    changing = false;
    size = first;
    return first;
  }

  /**
   * Returns the size to change to because so many messages rest; empty: there is room, or the last
   * change is not {@link #changed} yet.
   */
  synchronized OptionalInt grow(int resting) {
    return size - resting >= first || size >= most
        ? OptionalInt.empty()
        : change(Math.min(most, first + 2 * resting));
  }

  /** Returns the size to change to because nothing rests any more. */
  synchronized OptionalInt shrink() {
    return isGrown() ? change(first) : OptionalInt.empty();
  }

  private OptionalInt change(int to) {
    if (changing) {
      return OptionalInt.empty();
    }
    changing = true;
    size = to;
    return OptionalInt.of(to);
  }

  /** The broker was told. */
  synchronized void changed() {
    changing = false;
  }

  synchronized boolean isGrown() {
    return size > first;
  }
}
