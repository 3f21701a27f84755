package dev.inboard.internal.workflow;

/**
 * The deployed code and the stored history do not fit together. An Error, so that workflow code
 * lets it pass.
 */
final class Mismatch extends Error {
  private static final long serialVersionUID = 1L;

  Mismatch(String message) {
    super(message, null, false, false);
  }
}
