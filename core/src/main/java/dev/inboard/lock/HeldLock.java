package dev.inboard.lock;

import java.time.Duration;

/**
 * A lock that was taken. It ends when it is given back, or when its lease is over, whichever comes
 * first.
 *
 * <p>A process that pauses (garbage collection, a suspended machine) can find its lease over
 * without having noticed: {@link #isHeld} only tells what this process knows. Give the {@link
 * #token} to the store that the lock protects and let it refuse smaller ones; that holds whatever
 * happens.
 *
 * <p>Safe for use by many threads.
 */
public interface HeldLock extends AutoCloseable {
  /** Returns what is locked. */
  String resource();

  /**
   * Returns the fencing token: greater than that of every earlier lock of this resource, whoever
   * held it.
   */
  long token();

  /** Returns how much is left of the lease, as this process counts; zero when nothing is. */
  Duration remaining();

  /** Says whether the lock is still held, as far as this process knows. */
  boolean isHeld();

  /**
   * Lets the lock last for its lease from now.
   *
   * @return false when it was lost already; then it stays lost
   * @throws dev.inboard.common.InboardException when the store does not answer; the lock then lasts
   *     as it did, or longer
   */
  boolean renew();

  /**
   * Gives the lock back.
   *
   * @return false when it was lost, or given back, already
   * @throws dev.inboard.common.InboardException when the store does not answer; the lock then ends
   *     with its lease at the latest
   */
  boolean unlock();

  /**
   * Gives the lock back. When the store does not answer, the lock ends with its lease; that is
   * logged, and not thrown.
   */
  @Override
  void close();
}
