package dev.inboard.workflow;

import dev.inboard.TypeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Everything workflow code may use. Valid only on the thread that runs the workflow.
 *
 * <p>Methods that return a {@link Task} return at once; the request is carried out when the code
 * next waits and what it did so far is stored.
 */
public interface WorkflowContext {
  /** Returns the id of this instance. */
  String workflowId();

  /** Returns the name of this workflow. */
  String name();

  /** Returns how often this instance has continued as new, plus one. */
  int generation();

  /**
   * Returns the time: that of the event the code now reacts to. Does not move while the code runs.
   */
  Instant now();

  /** Returns random numbers that are the same when the code is run again. */
  RandomGenerator random();

  /** Returns an id that is the same when the code is run again. */
  UUID newUuid();

  /**
   * Says whether the code is only being brought to where it was, and what it does now was done
   * before.
   */
  boolean isReplaying();

  /** Returns a logger that is silent while replaying. */
  Logger logger();

  /** Calls an activity. */
  <T extends @Nullable Object> Task<T> call(
      String activity, @Nullable Object input, Class<T> type, CallOptions options);

  /** Calls an activity with a generic result type. */
  <T extends @Nullable Object> Task<T> call(
      String activity, @Nullable Object input, TypeRef<T> type, CallOptions options);

  /** Calls an activity, once, without time limit. */
  default <T extends @Nullable Object> Task<T> call(
      String activity, @Nullable Object input, Class<T> type) {
    return call(activity, input, type, CallOptions.DEFAULT);
  }

  /**
   * Returns an object whose methods are activities, called like plain Java: each call waits for its
   * result.
   *
   * @param type the interface that was registered with the activities
   */
  <T> T activities(Class<T> type, CallOptions options);

  /** Returns an object whose methods are activities, tried once. */
  default <T> T activities(Class<T> type) {
    return activities(type, CallOptions.DEFAULT);
  }

  /**
   * Does a small piece of work here and now, at least once, and stores its result before it
   * returns. For what is too short to be an activity; it is not timed and not limited.
   *
   * @throws TaskFailedException when it threw something; also stored
   */
  <T extends @Nullable Object> T step(String name, Class<T> type, Callable<? extends T> work);

  /** Does a small piece of work that gives nothing back. */
  void step(String name, Runnable work);

  /**
   * Starts another workflow and waits, when awaited, for its result. It ends with this one if that
   * is terminated.
   */
  <T extends @Nullable Object> Task<T> child(
      String workflow, @Nullable Object input, Class<T> type, ChildOptions options);

  /** Starts another workflow under an id derived from this one's. */
  default <T extends @Nullable Object> Task<T> child(
      String workflow, @Nullable Object input, Class<T> type) {
    return child(workflow, input, type, ChildOptions.DEFAULT);
  }

  /**
   * Starts another workflow that goes its own way: nothing comes back. If the id is taken by an
   * unfinished instance, nothing happens.
   */
  void startDetached(String workflow, String id, @Nullable Object input);

  /** Gives a task that is done after this time. */
  Task<@Nullable Void> timer(Duration delay);

  /** Gives a task that is done at this time. */
  Task<@Nullable Void> timerAt(Instant time);

  /** Waits. */
  default void sleep(Duration duration) {
    timer(duration).await();
  }

  /**
   * Asks for the next event of this name. Events that come before anyone asks are kept; they are
   * given out in the order they came, to those who ask in the order they asked.
   *
   * @param name compared without regard to case
   */
  <T extends @Nullable Object> Task<T> event(String name, Class<T> type);

  /** Raises an event in another instance. Lost if that has finished. */
  void raise(String workflowId, String event, @Nullable Object payload);

  /** Publishes what this instance says about its own state; null takes it back. */
  void setStatus(@Nullable Object status);

  /**
   * Registers what undoes something. When the workflow fails or is cancelled, everything registered
   * runs in reverse order, each after the other, before the instance ends. One that fails is
   * logged, and the others run all the same.
   */
  void compensate(Runnable undo);

  /**
   * Says which way the code must go at a place that was changed: instances that passed it before
   * the change get {@code min}, all others {@code max}.
   *
   * @param change names the place
   * @param min the oldest behaviour that the code still has; an instance that needs an older one
   *     stalls
   */
  int version(String change, int min, int max);

  /** Says whether this instance goes the new way at a place that was changed. */
  default boolean patched(String change) {
    return version(change, 0, 1) == 1;
  }

  /** Says whether the instance was asked to cancel. */
  boolean isCancelRequested();

  /** Returns the number of events this generation has stored so far. Grows with every step. */
  int historyLength();

  /** Says that the history is long enough to {@link #continueAsNew}. */
  boolean isContinueAsNewSuggested();

  /**
   * Ends this run and begins it again with another input and an empty history, under the same id.
   * Events nobody has taken yet are kept. Call it as {@code throw ctx.continueAsNew(input)}.
   *
   * @return never; declared so that the compiler sees the end
   */
  RuntimeException continueAsNew(@Nullable Object input);
}
