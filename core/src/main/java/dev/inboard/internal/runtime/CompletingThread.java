package dev.inboard.internal.runtime;

/**
 * Knows whether the current thread is just telling an application that its call is complete.
 *
 * <p>That thread may belong to a store's client. An application function that blocks on it waits
 * for an answer which only that thread can bring, so blocking calls are refused there instead of
 * hanging for ever.
 */
final class CompletingThread {
  private static final ThreadLocal<boolean[]> COMPLETING =
      ThreadLocal.withInitial(() -> new boolean[1]);

  private CompletingThread() {}

  static boolean isCurrent() {
    return COMPLETING.get()[0];
  }

  /** Runs something that may run functions of the application. */
  static void run(Runnable completion) {
    boolean[] completing = COMPLETING.get();
    boolean before = completing[0];
    completing[0] = true;
    try {
      completion.run();
    } finally {
      completing[0] = before;
    }
  }
}
