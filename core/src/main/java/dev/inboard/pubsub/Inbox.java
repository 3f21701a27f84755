package dev.inboard.pubsub;

import java.time.Duration;
import java.util.Objects;

/**
 * Remembers in a state store which events were handled, so that an event that is delivered again
 * has no second effect.
 *
 * <p>Events are told apart by their source and id. How far the promise goes depends on the handler:
 *
 * <ul>
 *   <li>Changes that it makes by {@link Event#commit} take effect exactly once: they and the
 *       remembrance are one transaction.
 *   <li>Whatever else it does can happen again when the process dies, or the store fails, between
 *       the handler's end and the remembrance.
 * </ul>
 *
 * @param stateStore the name of the component; it needs ETags and time to live, and transactions
 *     for {@link Event#commit}
 * @param keptFor how long events are remembered, at least as long as the broker may deliver one
 *     again; positive
 */
public record Inbox(String stateStore, Duration keptFor) {
  /** Checks the values. */
  public Inbox {
    Objects.requireNonNull(stateStore, "stateStore");
    if (keptFor.isNegative() || keptFor.isZero()) {
      throw new IllegalArgumentException("keptFor is " + keptFor + ", but must be positive");
    }
  }

  /** Remembers events for a week. */
  public static Inbox in(String stateStore) {
    return new Inbox(stateStore, Duration.ofDays(7));
  }
}
