package dev.inboard.sql;

import java.util.concurrent.Semaphore;

/** Lets calls in until it is closed, and knows when the last one has left. */
public final class Gate implements AutoCloseable {
  private static final int MANY = Integer.MAX_VALUE;

  private final Semaphore inside = new Semaphore(MANY);
  private volatile boolean closed;

  /** Makes an open gate. */
  public Gate() {}

  /** Lets a call in, which then must {@link #leave}; false when the gate is closed. */
  public boolean enter() {
    return !closed && inside.tryAcquire();
  }

  /** Notes that a call is over. */
  public void leave() {
    inside.release();
  }

  /** Says whether nobody is let in any more. */
  public boolean isClosed() {
    return closed;
  }

  /** Lets nobody in any more, and returns when everybody has left. */
  @Override
  public void close() {
    closed = true;
    inside.acquireUninterruptibly(MANY);
    inside.release(MANY); // whoever closes it again passes, too
  }
}
