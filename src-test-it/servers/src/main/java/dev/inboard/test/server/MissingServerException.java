package dev.inboard.test.server;

/** A server that a test needs is not on this machine. The message says what to install. */
public final class MissingServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the message.
   *
   * @param program what was looked for, such as {@code redis-server}
   * @param cure the command that brings it, such as {@code apt-get install redis-server}
   */
  MissingServerException(String program, String cure) {
    super(
        "'%s' is not installed, and Docker does not answer; install it (%s) or start Docker"
            .formatted(program, cure));
  }
}
