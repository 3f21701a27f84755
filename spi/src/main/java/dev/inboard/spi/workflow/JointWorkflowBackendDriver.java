package dev.inboard.spi.workflow;

import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.JointTransactionDriver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A workflow backend that takes part in transactions with other components of its database. Its
 * methods block; after a failure the transaction can only be undone.
 */
public interface JointWorkflowBackendDriver extends WorkflowBackendDriver, JointTransactionDriver {
  /**
   * A call of an activity: the same for every attempt of one call, and for no other call.
   *
   * @param id of the instance that asked
   * @param executionId of that instance
   * @param task number of the call in the generation
   */
  record Step(String id, String executionId, int generation, int task) {}

  /**
   * What was found when a step began.
   *
   * @param done whether an earlier transaction has ended the step
   * @param result what that one left; null also when the step had no result
   */
  record BegunStep(boolean done, byte @Nullable [] result) {}

  /**
   * Creates instances as {@link #create(Creation)} does.
   *
   * @param transaction begun by a driver with an equal {@link #place}
   * @param creations of different ids
   */
  List<CreateOutcome> create(JointTransaction transaction, List<Creation> creations);

  /**
   * Puts messages into inboxes as {@link #deliver(Message)} does.
   *
   * @param transaction begun by a driver with an equal {@link #place}
   */
  List<Delivery> deliver(JointTransaction transaction, List<Message> messages);

  /**
   * Begins a step. Of transactions that begin the same one, all but the first wait for its end; a
   * step counts as done from the commit of its transaction on, until the instance is deleted or
   * begins a later generation.
   *
   * @return null when there is no such instance
   */
  @Nullable BegunStep beginStep(JointTransaction transaction, Step step);

  /** Notes the result of a step that this transaction has begun. */
  void endStep(JointTransaction transaction, Step step, byte @Nullable [] result);
}
