package dev.inboard.sql;

/** Waits that an interrupt does not cut short: it is kept for later. */
public final class Uninterruptibly {
  private Uninterruptibly() {}

  /** Something that waits. */
  public interface Wait {
    /** Waits; started again after an interrupt. */
    void await() throws InterruptedException;
  }

  /** Waits. An interrupt is raised again afterwards. */
  public static void run(Wait wait) {
    boolean interrupted = false;
    while (true) {
      try {
        wait.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
