package dev.inboard.workflow;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflow instances and looks after them. Safe for use by many threads.
 *
 * <p>A call that returns has taken effect durably, as the backend is set up to promise. Calls about
 * an id that does not exist fail with {@code NOT_FOUND}; those that need an unfinished instance
 * fail with {@code CONFLICT} once it has finished.
 */
public interface Workflows {
  /**
   * Starts an instance.
   *
   * @param workflow the name it was registered under
   * @param input null for none
   * @throws dev.inboard.common.InboardException {@code NOT_FOUND} when no such workflow is
   *     registered, {@code CONFLICT} when the id is taken, {@code INVALID_ARGUMENT} when the input
   *     cannot be stored
   */
  WorkflowRun start(String workflow, @Nullable Object input, StartOptions options);

  /** Starts an instance under a new id. */
  default WorkflowRun start(String workflow, @Nullable Object input) {
    return start(workflow, input, StartOptions.DEFAULT);
  }

  /** Starts an instance without blocking. */
  CompletableFuture<WorkflowRun> startAsync(
      String workflow, @Nullable Object input, StartOptions options);

  /** Returns an instance to wait for. Does not look whether there is one. */
  WorkflowRun run(String id);

  /** Reads an instance. */
  Optional<WorkflowSnapshot> find(String id);

  /** Lists instances, newest first. */
  WorkflowPage list(WorkflowFilter filter, @Nullable String page, int size);

  /** Counts instances. */
  long count(WorkflowFilter filter);

  /** Returns what the current generation of an instance has stored, oldest first. */
  List<HistoryEntry> history(String id);

  /** Returns the whole instance as bytes, for a replay test. */
  byte[] export(String id);

  /** Raises an event. Returns when it is stored; the instance need not wait for it yet. */
  void raise(String id, String event, @Nullable Object payload);

  /**
   * Raises an event at most once.
   *
   * @param messageId repeating the call with the same one has no further effect
   */
  void raise(String id, String event, @Nullable Object payload, String messageId);

  /** Raises an event without blocking. */
  CompletableFuture<Void> raiseAsync(
      String id, String event, @Nullable Object payload, String messageId);

  /** Stops an instance until {@link #resume}. What is under way ends, and its result is kept. */
  void suspend(String id);

  /** Lets a suspended instance go on, or has a stalled one try again now. */
  void resume(String id);

  /** Asks an instance to end early; see {@link WorkflowCancelledException}. */
  void cancel(String id, String reason);

  /**
   * Ends an instance and its children from outside, without asking their code. Activities under way
   * are told.
   */
  void terminate(String id, String reason);

  /** Deletes a finished instance and its children. */
  void purge(String id);

  /**
   * Deletes finished instances that match.
   *
   * @return how many
   */
  int purge(WorkflowFilter filter);

  /**
   * Starts a finished instance again from one of its steps, under a new id: what came before the
   * step is taken over, everything after it is done again.
   *
   * @param task number of the step, from {@link #history}
   * @param newId null for a new one
   */
  WorkflowRun rerun(String id, int task, @Nullable String newId);

  /**
   * The same, and the step gets another input, which is what repairs an instance that was fed a
   * wrong one.
   *
   * @param task number of an activity or a child
   * @param input null for none
   */
  WorkflowRun rerunWithInput(String id, int task, @Nullable String newId, @Nullable Object input);

  /** Returns the schedules by which workflows are started again and again. */
  Schedules schedules();
}
