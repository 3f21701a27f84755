package dev.inboard.spi;

import org.jspecify.annotations.Nullable;

/**
 * A transaction that several components of one database take part in. Begun by {@link
 * JointTransactionDriver#begin}; used by one thread at a time; its methods block.
 */
public interface JointTransaction extends AutoCloseable {
  /**
   * Returns what the application may use for statements of its own, such as a {@code
   * java.sql.Connection}, which cannot end the transaction; null when there is nothing of the type.
   */
  <T> @Nullable T unwrap(Class<T> type);

  /**
   * Commits. Afterwards only {@link #close} may be called.
   *
   * @throws dev.inboard.common.InboardException with a transient code when nobody knows whether it
   *     took effect
   */
  void commit();

  /** Undoes what is not committed. Calling it again does nothing; throws nothing. */
  @Override
  void close();
}
