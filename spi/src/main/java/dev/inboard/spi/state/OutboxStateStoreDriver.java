package dev.inboard.spi.state;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store with {@link dev.inboard.spi.Feature#OUTBOX}: it keeps events beside its entries, written
 * in the same atomic step.
 *
 * <p>The events of one outbox have positions. Of two transactions that wrote one and the same
 * entry, the events of the later one have the higher positions; so have the later events of one
 * transaction. Positions are never used again.
 */
public interface OutboxStateStoreDriver extends TransactionalStateStoreDriver {
  /**
   * Carries out the operations as {@link #transact(List)} does, and adds events to an outbox in the
   * same step.
   *
   * @param operations may be empty when there are events
   * @param outbox not empty
   * @return the new ETag per operation, null for deletions
   */
  CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations, String outbox, List<OutboxEvent> events);

  /**
   * Returns the next events, in the order of their positions.
   *
   * @param after the position after which to look; null: from the beginning
   * @param limit the most events in the answer, at least 1; a shorter answer is the last one
   */
  CompletionStage<List<StoredEvent>> pending(String outbox, @Nullable String after, int limit);

  /** Returns how many events wait. It may read all of them, so it is asked now and then only. */
  CompletionStage<Long> waiting(String outbox);

  /** Removes events; those that are gone already do no harm. */
  CompletionStage<Void> forget(String outbox, List<String> positions);

  /**
   * An event on its way into the outbox.
   *
   * @param key events of one key leave in their order
   * @param body kept as it is
   */
  record OutboxEvent(String key, byte[] body) {}

  /**
   * An event in the outbox.
   *
   * @param position opaque; as {@code pending} and {@code forget} take it
   */
  record StoredEvent(String position, String key, byte[] body) {}
}
