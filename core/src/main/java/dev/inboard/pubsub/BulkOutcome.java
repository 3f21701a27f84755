package dev.inboard.pubsub;

import java.util.IdentityHashMap;
import java.util.Objects;

/**
 * What a handler says about a batch of events: one outcome for all, and exceptions to it.
 *
 * <pre>{@code
 * BulkOutcome outcome = BulkOutcome.of(Outcome.SUCCESS);
 * for (Event<Order> event : events) {
 *   if (!accepts(event.data())) {
 *     outcome.except(event, Outcome.DROP);
 *   }
 * }
 * return outcome;
 * }</pre>
 *
 * <p>For one thread.
 */
public final class BulkOutcome {
  private final Outcome outcome;
  private final IdentityHashMap<Event<?>, Outcome> exceptions = new IdentityHashMap<>();

  private BulkOutcome(Outcome outcome) {
    this.outcome = Objects.requireNonNull(outcome, "outcome");
  }

  /** Says the same about every event. */
  public static BulkOutcome of(Outcome outcome) {
    return new BulkOutcome(outcome);
  }

  /** Says something else about one event of the batch; the last word counts. */
  public BulkOutcome except(Event<?> event, Outcome outcome) {
    exceptions.put(event, Objects.requireNonNull(outcome, "outcome"));
    return this;
  }

  /** Returns what was said about one event. */
  public Outcome outcomeOf(Event<?> event) {
    return exceptions.getOrDefault(event, outcome);
  }
}
