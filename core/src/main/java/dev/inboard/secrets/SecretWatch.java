package dev.inboard.secrets;

/** A watch over one secret. It ends when it is closed, or with the runtime. */
public interface SecretWatch extends AutoCloseable {
  /** Returns the name of the secret. */
  String name();

  /**
   * Ends the watch. No call of the listener begins afterwards; one that is under way goes on.
   * Calling it again does nothing.
   */
  @Override
  void close();
}
