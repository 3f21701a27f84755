package dev.inboard.spi;

/** A driver whose writes can be part of a transaction together with those of other components. */
public interface JointTransactionDriver extends Driver {
  /**
   * Returns what the data of the component lies in. Drivers with equal places can take part in each
   * other's transactions.
   */
  Object place();

  /**
   * Begins a transaction. Blocks. {@link #close} waits for its end.
   *
   * @throws dev.inboard.common.InboardException when it cannot be begun
   */
  JointTransaction begin();
}
