package dev.inboard.internal.workflow;

import dev.inboard.Transaction;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import org.jspecify.annotations.Nullable;

/** Runs steps whose effect and result are committed together. */
public interface StepTransactions {
  /** What a step does. */
  interface Body {
    /** Does it. */
    byte @Nullable [] run(Transaction transaction) throws Exception;

    /** Says whether its result is still wanted; if so, it will be taken, whatever comes of it. */
    boolean claim();
  }

  /**
   * Runs a step, unless it was done before.
   *
   * @return its result, or that of the time before
   * @throws Exception what the step throws, or what keeps it from being committed
   */
  byte @Nullable [] run(Step step, Body body) throws Exception;
}
