package dev.inboard.workflow;

import dev.inboard.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * An activity whose effect in the database of the workflows happens exactly once: what it does
 * through its {@link Transaction} is committed together with its result.
 *
 * <p>It may begin more than once, as every activity, but only one transaction of a call is ever
 * committed; whoever runs the call again gets the result of that one. What it does elsewhere is not
 * undone.
 *
 * @param <I> its input
 * @param <O> its result; may be null
 */
@FunctionalInterface
public interface TransactionalActivity<I extends @Nullable Object, O extends @Nullable Object> {
  /**
   * Does the work.
   *
   * @param transaction valid until this method returns
   * @throws Exception whatever makes this attempt fail, and undoes its transaction
   */
  O run(ActivityContext context, Transaction transaction, I input) throws Exception;
}
