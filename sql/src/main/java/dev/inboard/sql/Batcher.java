package dev.inboard.sql;

import dev.inboard.common.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands what many threads submit to one thread, batch by batch. A batch is whatever was submitted
 * while the batch before was being handled: it grows with the load by itself, and a lone entry
 * never waits for company. A caller who waits anyway, and is alone, may do the thread's work.
 *
 * <p>The queue is bounded. Who submits to a full one waits for room; an entry that finds none in
 * time fails with {@code EXHAUSTED}, so a store that is too slow slows its callers down instead of
 * filling the memory.
 *
 * <p>Every entry that was submitted is either handed over, in the order of submission, or failed.
 *
 * @param <E> what is submitted
 */
public final class Batcher<E extends Batcher.Entry> implements AutoCloseable {
  private final Handler<E> handler;
  private final int capacity;
  private final Duration patience;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition room = lock.newCondition();
  private List<E> queue = new ArrayList<>(); // guarded by lock
  private boolean closed; // guarded by lock
  private boolean working; // guarded by lock: the thread handles a batch
  private boolean lone = true; // guarded by lock: its last batch was a single entry
  private volatile @Nullable Thread guest; // written under the lock

  /** Something that can be told that it will not be done. */
  public interface Entry {
    /** Reports a failure to whoever submitted the entry. */
    void fail(ErrorCode code, String reason, @Nullable Throwable cause);
  }

  /** What is done with a batch. Called by one thread at a time. */
  public interface Handler<E> {
    /**
     * Deals with every entry of a batch, whatever happens to it. Should not throw: the entries
     * would all be failed, those that are already done included.
     *
     * @param batch at least one entry; valid only during the call
     */
    void handle(List<E> batch);

    /** Called once, after the last batch, on the batcher's own thread. */
    default void close() {}
  }

  /**
   * Starts the thread.
   *
   * @param name names the thread
   * @param capacity how many entries may wait
   * @param patience how long {@link #submit} waits for room
   */
  public Batcher(String name, int capacity, Duration patience, Handler<E> handler) {
    this.handler = handler;
    this.capacity = capacity;
    this.patience = patience;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Queues an entry. Blocks only while the queue is full, and never on the batcher's own thread,
   * which nobody could make room for.
   *
   * <p>The entry is failed with {@code CANCELLED} after {@link #close} or when the calling thread
   * is interrupted while it waits (it stays interrupted), with {@code EXHAUSTED} when no room comes
   * in time.
   */
  public void submit(E entry) {
    ErrorCode refusal = null;
    String reason = "";
    lock.lock();
    try {
      if (queue.size() >= capacity && !isOwnThread()) {
        awaitRoom();
      }
      if (closed) {
        refusal = ErrorCode.CANCELLED;
        reason = "the component is closed";
      } else if (queue.size() >= capacity && !isOwnThread()) {
        refusal = ErrorCode.EXHAUSTED;
        reason = "no room among " + capacity + " waiting for " + patience.toMillis() + " ms";
      } else {
        queue.add(entry);
        if (queue.size() == 1) {
          arrived.signal();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refusal = ErrorCode.CANCELLED;
      reason = "interrupted while waiting for room in the queue";
    } finally {
      lock.unlock();
    }
    if (refusal != null) {
      entry.fail(refusal, reason, null);
    }
  }

  /**
   * Handles an entry on the calling thread, unless others are at work or were lately: then they are
   * better off in one batch. Spares a caller who waits for the entry the way to the batcher's
   * thread and back.
   *
   * @return false when nothing was done with the entry, which then is to be submitted
   */
  public boolean handleAlone(E entry) {
    lock.lock();
    try {
      if (closed || !lone || guest != null || working || !queue.isEmpty()) {
        return false;
      }
      guest = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    handle(List.of(entry));
    lock.lock();
    try {
      guest = null;
      if (closed || !queue.isEmpty()) {
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
    return true;
  }

  private void awaitRoom() throws InterruptedException {
    long left = patience.toNanos();
    while (queue.size() >= capacity && !closed && left > 0) {
      left = room.awaitNanos(left);
    }
  }

  /** Says whether the caller runs on the thread that handles the batches, or stands in for it. */
  public boolean isOwnThread() {
    Thread current = Thread.currentThread();
    return current == thread || current == guest;
  }

  private void run() {
    List<E> batch = new ArrayList<>();
    while (true) {
      batch = exchange(batch);
      if (batch.isEmpty()) {
        break;
      }
      handle(batch);
      batch.clear();
    }
    handler.close();
  }

  /** Waits for entries and takes them all; leaves {@code spare} for those to come. */
  private List<E> exchange(List<E> spare) {
    lock.lock();
    try {
      working = false;
      while (guest != null || (queue.isEmpty() && !closed)) {
        arrived.awaitUninterruptibly();
      }
      List<E> taken = queue;
      queue = spare;
      working = true;
      lone = taken.size() == 1;
      room.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void handle(List<E> batch) {
    try {
      handler.handle(batch);
    } catch (Throwable e) { // nothing may end the thread while callers wait for it
      for (E entry : batch) {
        entry.fail(ErrorCode.INTERNAL, "the writer failed: " + e, e);
      }
    }
  }

  /** Refuses new entries and has the waiting ones handled, without waiting for that. */
  public void stop() {
    lock.lock();
    try {
      closed = true;
      arrived.signal();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses new entries, has the waiting ones handled, and waits until that is done, unless it is
   * called on the batcher's own thread. An interrupt does not cut it short.
   */
  @Override
  public void close() {
    stop();
    if (!isOwnThread()) {
      Uninterruptibly.run(thread::join);
    }
  }
}
