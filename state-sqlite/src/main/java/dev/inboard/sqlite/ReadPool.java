package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import dev.inboard.sql.SessionSource;
import dev.inboard.sql.SqlErrors.Verdict;
import dev.inboard.sql.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to read on, opened when there is use for them.
 *
 * <p>A read runs on its caller's thread: it takes a few microseconds, less than another thread
 * would take to wake up.
 */
final class ReadPool implements AutoCloseable {
  private final SessionSource source;
  private final int size;
  private final Duration patience;
  private final Semaphore permits;
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /**
   * Makes a pool without connections.
   *
   * @param size how many reads run at once
   * @param patience how long one more waits
   */
  ReadPool(SessionSource source, int size, Duration patience) {
    this.source = source;
    this.size = size;
    this.patience = patience;
    this.permits = new Semaphore(size);
  }

  /** Runs statements that only read. Throws what the caller is to get. */
  <T> @Nullable T read(Call call, Work<T> work) {
    acquire(call);
    try {
      return run(call, work);
    } finally {
      permits.release();
    }
  }

  private void acquire(Call call) {
    try {
      if (!permits.tryAcquire() && !permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        String reason = "no connection came free to read on in " + patience.toMillis() + " ms";
        throw call.failed(ErrorCode.TIMEOUT, reason, null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw call.failed(ErrorCode.CANCELLED, "interrupted while waiting for a connection", e);
    }
  }

  private <T> @Nullable T run(Call call, Work<T> work) {
    if (closed) {
      throw call.failed(ErrorCode.CANCELLED, "the component is closed", null);
    }
    Session session = idle.pollFirst();
    try {
      if (session == null) {
        session = source.open();
      }
      @Nullable T result = work.run(session);
      idle.addFirst(session);
      return result;
    } catch (SQLException e) {
      discard(session);
      Verdict verdict = SqliteErrors.INSTANCE.judge(e);
      throw call.failed(verdict.code(), verdict.reason(), e);
    } catch (InboardException e) {
      idle.addFirst(session);
      throw e;
    } catch (RuntimeException e) {
      discard(session);
      throw call.failed(ErrorCode.INTERNAL, e.toString(), e);
    }
  }

  private static void discard(@Nullable Session session) {
    if (session != null) {
      session.close();
    }
  }

  /** Waits for the reads that are under way, then closes every connection. */
  @Override
  public void close() {
    closed = true;
    permits.acquireUninterruptibly(size);
    for (Session session = idle.poll(); session != null; session = idle.poll()) {
      session.close();
    }
    permits.release(size); // whoever waits shall see that it is closed
  }
}
