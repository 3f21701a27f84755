package dev.inboard.test.server;

/** A short wait between two looks at a process, which has no other way to tell. */
final class Pause {
  private Pause() {}

  static void ofMillis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a server", e);
    }
  }
}
