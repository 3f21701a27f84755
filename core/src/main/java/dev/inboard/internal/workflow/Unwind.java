package dev.inboard.internal.workflow;

/**
 * Takes a strand out of workflow code whose instance leaves memory. An Error, so that the code lets
 * it pass.
 */
@SuppressWarnings("StaticAssignmentOfThrowable") // it has neither a stack trace nor a state
final class Unwind extends Error {
  private static final long serialVersionUID = 1L;
  static final Unwind INSTANCE = new Unwind();

  private Unwind() {
    super("this instance leaves memory; let this pass", null, false, false);
  }
}
