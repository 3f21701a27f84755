package dev.inboard.internal.workflow;

import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tasks made of other tasks. */
public final class Tasks {
  private Tasks() {}

  /** See {@link Task#all}. */
  public static <T extends @Nullable Object> Task<List<T>> all(
      List<? extends Task<? extends T>> tasks) {
    return new Composite<>("all of", settled(tasks), Tasks::last, parts -> results(parts));
  }

  /** See {@link Task#any}. */
  public static Task<Task<?>> any(List<? extends Task<?>> tasks) {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("the first of no tasks never comes");
    }
    return new Composite<>(
        "first of", settled(tasks), Tasks::first, parts -> (Task<?>) winner(parts));
  }

  private static List<Settled> settled(List<? extends Task<?>> tasks) {
    List<Settled> parts = new ArrayList<>();
    for (Task<?> task : tasks) {
      if (!(task instanceof Settled part)) {
        throw new IllegalArgumentException("only tasks of a workflow context can be combined");
      }
      parts.add(part);
    }
    return parts;
  }

  private static long last(List<Settled> parts) {
    long last = 0;
    for (Settled part : parts) {
      if (!part.isSettled()) {
        return -1;
      }
      last = Math.max(last, part.settledAt());
    }
    return last;
  }

  private static long first(List<Settled> parts) {
    long first = -1;
    for (Settled part : parts) {
      if (part.isSettled() && (first < 0 || part.settledAt() < first)) {
        first = part.settledAt();
      }
    }
    return first;
  }

  private static Settled winner(List<Settled> parts) {
    long first = first(parts);
    for (Settled part : parts) {
      if (part.settledAt() == first) {
        return part;
      }
    }
    throw new IllegalStateException("no task is done");
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the parts were given as tasks of T
  private static <T extends @Nullable Object> List<T> results(List<Settled> parts) {
    List<T> results = new ArrayList<>(parts.size());
    RuntimeException failure = null;
    for (Settled part : parts) {
      try {
        results.add((T) part.value());
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  private record Composite<T>(
      String kind,
      List<Settled> parts,
      ToLongFunction<List<Settled>> order,
      Function<List<Settled>, T> result)
      implements Task<T>, Settled {
    @Override
    public long settledAt() {
      return order.applyAsLong(parts);
    }

    @Override
    public boolean isDone() {
      return isSettled();
    }

    @Override
    public String label() {
      return parts.stream()
          .limit(5)
          .map(Settled::label)
          .collect(Collectors.joining(", ", kind + " ", parts.size() > 5 ? ", …" : ""));
    }

    @Override
    public @Nullable Execution execution() {
      return parts.stream()
          .map(Settled::execution)
          .filter(Objects::nonNull)
          .findFirst()
          .orElse(null);
    }

    @Override
    public T await() {
      Execution execution = execution();
      if (execution != null) {
        execution.await(this);
      }
      return value();
    }

    @Override
    public T await(Duration timeout) {
      Execution execution = execution();
      if (execution != null && !execution.await(this, timeout)) {
        throw new TaskTimeoutException(label(), timeout);
      }
      return value();
    }

    @Override
    public T value() {
      return result.apply(parts);
    }
  }
}
