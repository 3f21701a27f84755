package dev.inboard.workflow;

/** What an activity may know about the call it serves. Safe for use by many threads. */
public interface ActivityContext {
  /** Returns the id of the workflow instance that asked. */
  String workflowId();

  /** Returns the name it was called by. */
  String name();

  /** Returns which attempt this is, 1 for the first. */
  int attempt();

  /**
   * Returns a text that is the same for every attempt and every repetition of this one call, and
   * for no other call.
   */
  String idempotencyKey();

  /**
   * Says that the work is getting on, which restarts the {@link CallOptions#heartbeatTimeout}.
   *
   * @throws java.util.concurrent.CancellationException when the result is no longer wanted
   */
  void heartbeat();

  /**
   * Says whether the result is no longer wanted: the instance ended or was cancelled, or the time
   * is over.
   */
  boolean isCancelled();
}
