package dev.inboard.sql;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Resources that several components of the process use together, such as a database that is opened
 * once: who asks for the same key gets the same resource, and the last to close it closes it.
 *
 * @param <K> what makes two resources the same
 */
public final class SharedResources<K, R extends SharedResources.Resource> {
  private final ConcurrentMap<K, Shared<R>> open = new ConcurrentHashMap<>();

  /** What can be shared. */
  public interface Resource extends AutoCloseable {
    /** Finishes what was accepted so far; the resource stays open for its other users. */
    void flush();

    @Override
    void close();
  }

  /** Opens a resource. */
  @FunctionalInterface
  public interface Opener<R, E extends Exception> {
    /** Opens it. */
    R open() throws E;
  }

  /** One user's share. */
  public final class Lease implements AutoCloseable {
    private final K key;
    private final R resource;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(K key, R resource) {
      this.key = key;
      this.resource = resource;
    }

    /** Returns the resource. */
    public R resource() {
      return resource;
    }

    /**
     * Returns when all that was submitted before is done; closes the resource if nobody else uses
     * it. Calling it again does nothing.
     */
    @Override
    public void close() {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      if (open.compute(key, (k, found) -> leave(found)) == null) {
        resource.close();
      } else {
        resource.flush();
      }
    }
  }

  private static final class Shared<R> {
    private int users; // changed only within compute()
    private @Nullable R resource; // guarded by this

    synchronized <E extends Exception> R open(Opener<R, E> opener) throws E {
      R present = resource;
      if (present == null) {
        present = opener.open();
        resource = present;
      }
      return present;
    }
  }

  /** Makes an empty table. */
  public SharedResources() {}

  /** Opens the resource, or joins those who have it open. */
  public <E extends Exception> Lease lease(K key, Opener<R, E> opener) throws E {
    Shared<R> shared = open.compute(key, (k, found) -> join(found));
    boolean opened = false;
    try {
      Lease lease = new Lease(key, shared.open(opener));
      opened = true;
      return lease;
    } finally {
      if (!opened) {
        open.compute(key, (k, found) -> leave(found));
      }
    }
  }

  private static <R> Shared<R> join(@Nullable Shared<R> found) {
    Shared<R> shared = found == null ? new Shared<>() : found;
    shared.users++;
    return shared;
  }

  private static <R> @Nullable Shared<R> leave(@Nullable Shared<R> found) {
    return found == null || --found.users == 0 ? null : found;
  }
}
