package dev.inboard.spi.workflow;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A workflow backend that keeps queues of tasks, which any node may claim.
 *
 * <p>A task comes with the turn that asks for it ({@link Turn#tasks}) and goes with its result, or
 * with its instance: when that finishes, is deleted, or begins a later generation. Until then it is
 * claimed by at most one node at a time, under a lease by the clock of the backend.
 *
 * <p>Listed under {@link dev.inboard.spi.Feature#TASK_QUEUES}. Another driver ignores the tasks of
 * a turn, so the engine gives it none.
 */
public interface TaskQueueWorkflowBackendDriver extends WorkflowBackendDriver {
  /**
   * Claims tasks whose delay is over and that nobody has claimed, or whose claim has run out: lower
   * priorities first, then who came first. No task is given to two nodes. What {@link
   * #leave(String)} finds claimed by the node it makes claimable at once.
   *
   * @param node its lease is how long the claims last without {@link #renewTasks}; need not have
   *     joined
   */
  CompletionStage<TaskClaims> claimTasks(Node node, QueueDemand demand);

  /**
   * Prolongs claims, and says that the node listens to queues, which holds for one lease.
   *
   * @return the claims that are still the node's own. The others' tasks are gone, or somebody else
   *     has claimed them
   */
  CompletionStage<Set<TaskClaim>> renewTasks(Node node, Set<String> queues, Set<TaskClaim> claims);

  /**
   * Removes a task and puts its result into the inbox of its instance, as {@link #deliver} does;
   * both or neither. When the instance is gone or has finished, the result is dropped.
   *
   * @return false when the claim is not valid any more; nothing was changed then
   */
  CompletionStage<Boolean> completeTask(TaskClaim claim, Message result);

  /**
   * Gives claims back, so that others can have the tasks at once. Skips those not valid any more.
   */
  CompletionStage<Void> releaseTasks(Set<TaskClaim> claims);

  /** Tells of every queue that has tasks. */
  CompletionStage<List<QueueState>> queues();
}
