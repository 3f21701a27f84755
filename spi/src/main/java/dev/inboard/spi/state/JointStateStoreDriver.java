package dev.inboard.spi.state;

import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.JointTransactionDriver;
import java.util.List;

/** A state store that takes part in transactions with other components of its database. */
public interface JointStateStoreDriver extends OutboxStateStoreDriver, JointTransactionDriver {
  /**
   * Carries out operations, all or none, and adds events to an outbox, as part of a transaction.
   * Blocks.
   *
   * @param transaction begun by a driver with an equal {@link #place}
   * @param operations may be empty
   * @param outbox not looked at when there are no events
   * @throws dev.inboard.common.InboardException as {@link #transact} fails; the transaction can
   *     only be undone then
   */
  void write(
      JointTransaction transaction,
      List<? extends StateOperation> operations,
      String outbox,
      List<OutboxEvent> events);
}
