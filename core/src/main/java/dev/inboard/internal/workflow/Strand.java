package dev.inboard.internal.workflow;

/** A thread that runs workflow code and parks where the code waits. */
public interface Strand {
  /**
   * Blocks the calling thread, which is the strand's, until {@link #unpark}; may return for no
   * reason.
   */
  void park();

  /** Lets the strand go on; if it is not parked, its next {@link #park} returns at once. */
  void unpark();

  /** Says whether the caller runs on this strand. */
  boolean isCurrent();

  /** Interrupts whatever the strand does. */
  void interrupt();

  /** Returns where its thread is now. */
  StackTraceElement[] stackTrace();
}
