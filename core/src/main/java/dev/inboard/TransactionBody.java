package dev.inboard;

/**
 * What is to happen in one transaction.
 *
 * @param <E> what it may throw
 */
@FunctionalInterface
public interface TransactionBody<E extends Exception> {
  /**
   * Says what is to happen. What it throws undoes the transaction and reaches the caller.
   *
   * @param transaction valid until the body returns
   */
  void run(Transaction transaction) throws E;
}
