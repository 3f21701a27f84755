package dev.inboard.internal.state;

import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.StateChange;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Publishes what transactions of a store change, if they are committed. Safe for many threads. */
public interface TransactionOutbox {
  /**
   * Makes the events of a transaction, with ids that stay the same however often it is tried.
   *
   * @throws dev.inboard.common.InboardException {@code INVALID_ARGUMENT} when one cannot be
   *     published
   */
  Prepared prepare(List<? extends StateChange> changes);

  /** The events of one transaction. */
  interface Prepared {
    /**
     * Carries the transaction out, together with its events.
     *
     * @param writes without the events; may be empty
     * @return the new ETag per write, null for deletions
     */
    CompletionStage<List<@Nullable String>> transact(
        StateStoreDriver driver, List<StateOperation> writes);

    /**
     * Carries the writes out, together with the events, as part of a transaction with other
     * components. Blocks.
     *
     * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when this outbox cannot
     */
    void join(
        JointStateStoreDriver driver, JointTransaction transaction, List<StateOperation> writes);

    /** Takes note that the transaction that was joined is committed. */
    void committed();
  }
}
