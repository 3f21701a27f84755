package dev.inboard.internal.workflow;

import java.util.Map;

/** What an execution needs from the instance around it. */
interface Site {
  /** Commits what the turn did so far, then parks until the code can go on. On the strand only. */
  void pause(Execution execution);

  /** Returns whether the caller runs on the instance's strand. */
  boolean isOnStrand();

  /** Sees to it that activities can be queued. */
  default void checkQueues() {}

  /** Returns the tags of an instance that the code starts. */
  default Map<String, String> tagsOfStarted(String workflow, boolean child) {
    return Map.of();
  }
}
