package dev.inboard.examples.quickstart;

/** A mistake of the person at the keyboard; the message is for that person. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
