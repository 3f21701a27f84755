package dev.inboard.internal.workflow;

import dev.inboard.workflow.Failure;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskFailedException;
import dev.inboard.workflow.TaskTimeoutException;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A task that an input of the history will resolve. Used by one runner at a time. */
class PendingTask<T extends @Nullable Object> implements Task<T>, Settled {
  final int number;
  final String label;
  private final Execution execution;
  private final Type type;
  private long settledAt = -1;
  private byte @Nullable [] result;
  private @Nullable Failure failure;
  private @Nullable Object value;
  private boolean decoded;

  PendingTask(Execution execution, int number, String label, Type type) {
    this.execution = execution;
    this.number = number;
    this.label = label;
    this.type = type;
  }

  void complete(byte @Nullable [] result, long at) {
    this.result = result;
    this.settledAt = at;
  }

  void fail(Failure failure, long at) {
    this.failure = failure;
    this.settledAt = at;
  }

  @Override
  public long settledAt() {
    return settledAt;
  }

  @Override
  public boolean isDone() {
    return settledAt >= 0;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Execution execution() {
    return execution;
  }

  @Override
  public T await() {
    execution.await(this);
    return value();
  }

  @Override
  public T await(Duration timeout) {
    if (!execution.await(this, timeout)) {
      abandon();
      throw new TaskTimeoutException(label, timeout);
    }
    return value();
  }

  /** The code does not wait for this any more. */
  void abandon() {}

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // whoever asked for the task chose the type
  public T value() {
    if (failure != null) {
      throw new TaskFailedException(label, failure);
    }
    if (!decoded) {
      value = execution.payloads().decode(result, type, "result of " + label);
      decoded = true;
    }
    return (T) value;
  }
}
