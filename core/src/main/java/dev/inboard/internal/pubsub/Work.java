package dev.inboard.internal.pubsub;

import dev.inboard.internal.resiliency.InboundGate;

/** Something that waits for a handler thread, for admission, or for its next attempt. */
interface Work extends InboundGate.Waiting {
  /** Does it. Called on a handler thread. */
  void run();

  /** Gives what it holds back to the broker instead. */
  @Override
  void giveBack();
}
