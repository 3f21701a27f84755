package dev.inboard.internal.pubsub;

/** Something that waits for a handler thread, or for its next attempt. */
interface Work {
  /** Does it. Called on a handler thread. */
  void run();

  /** Gives what it holds back to the broker instead. */
  void giveBack();
}
