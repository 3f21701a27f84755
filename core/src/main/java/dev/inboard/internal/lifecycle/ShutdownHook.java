package dev.inboard.internal.lifecycle;

/** Closes a runtime when the JVM shuts down. */
final class ShutdownHook {
  private final Thread thread;

  private ShutdownHook(Thread thread) {
    this.thread = thread;
  }

  /**
   * Waits for the end of the JVM.
   *
   * @throws IllegalStateException when that has begun
   */
  static ShutdownHook add(String name, Runnable close) {
    Thread thread = new Thread(close, name);
    Runtime.getRuntime().addShutdownHook(thread);
    return new ShutdownHook(thread);
  }

  /** Waits no more. */
  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // the JVM is shutting down: the hook runs, or has run
    }
  }
}
