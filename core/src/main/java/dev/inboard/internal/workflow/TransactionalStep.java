package dev.inboard.internal.workflow;

import dev.inboard.workflow.Activity;
import dev.inboard.workflow.ActivityContext;
import dev.inboard.workflow.TransactionalActivity;
import org.jspecify.annotations.Nullable;

/** An activity that is given a transaction by whoever runs it. */
record TransactionalStep<I extends @Nullable Object, O extends @Nullable Object>(
    TransactionalActivity<I, O> code) implements Activity<I, O> {
  @Override
  public O run(ActivityContext context, I input) {
    throw new IllegalStateException("it has no transaction");
  }
}
