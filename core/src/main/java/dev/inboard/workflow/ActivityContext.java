package dev.inboard.workflow;

import java.util.Optional;

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
   * The same, noting how far the work has got, for the next attempt to go on from there.
   *
   * @param progress stored with the failure of this attempt. Not stored when the process dies: then
   *     this attempt begins again with what it began with before
   * @throws java.util.concurrent.CancellationException when the result is no longer wanted
   * @throws dev.inboard.common.InboardException {@code INVALID_ARGUMENT} when it cannot be stored
   */
  void heartbeat(Object progress);

  /** Returns how far this attempt, or else the one before, has said that it got. */
  <T> Optional<T> progress(Class<T> type);

  /**
   * Says whether the result is no longer wanted: the instance ended or was cancelled, or the time
   * is over.
   */
  boolean isCancelled();
}
