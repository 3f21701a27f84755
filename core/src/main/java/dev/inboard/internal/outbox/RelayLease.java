package dev.inboard.internal.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to relay one outbox: an entry in the store that ends by itself unless it is renewed.
 *
 * <p>Who holds it is written into it, so that the next process on the same host need not wait when
 * the one before was killed. For one thread.
 */
final class RelayLease {
  private static final Duration LENGTH = Duration.ofSeconds(10);
  private static final long RENEWAL_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long SAFE_NANOS = Duration.ofSeconds(8).toNanos();

  private final Supplier<StateStoreDriver> driver;
  private final Function<java.util.concurrent.CompletionStage<?>, @Nullable Object> await;
  private final String key;
  private final Owner self;
  private @Nullable String etag; // null: not held
  private long renewed;

  /**
   * A process, and a relay in it.
   *
   * @param started tells the process from an earlier one with its number; milliseconds since 1970
   */
  record Owner(String host, long pid, long started, String relay) {
    static Owner current() {
      ProcessHandle process = ProcessHandle.current();
      return new Owner(thisHost(), process.pid(), startOf(process), UUID.randomUUID().toString());
    }

    private static String thisHost() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "unknown-" + UUID.randomUUID();
      }
    }

    private static long startOf(ProcessHandle process) {
      return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
    }

    static @Nullable Owner parse(String text) {
      String[] parts = text.split("\n", -1);
      try {
        return parts.length == 4
            ? new Owner(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3])
            : null;
      } catch (NumberFormatException e) {
        return null;
      }
    }

    /** Says whether the process is known to be gone. */
    boolean isGone() {
      if (!host.equals(thisHost())) {
        return false;
      }
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(process -> started == 0 || startOf(process) == started)
          .isEmpty();
    }

    String text() {
      return host + "\n" + pid + "\n" + started + "\n" + relay;
    }
  }

  /**
   * Prepares.
   *
   * @param await waits for a stage of the driver, and throws its failure
   */
  RelayLease(
      Supplier<StateStoreDriver> driver,
      String outbox,
      Function<java.util.concurrent.CompletionStage<?>, @Nullable Object> await) {
    this.driver = driver;
    this.await = await;
    this.key = "inboard-outbox-lease||" + outbox;
    this.self = Owner.current();
  }

  /**
   * Takes or renews it; says whether it is held.
   *
   * @throws InboardException when the store cannot be asked, and it is held no more
   */
  boolean hold() {
    long now = System.nanoTime();
    if (etag == null) {
      return take(now);
    }
    if (now - renewed < RENEWAL_NANOS) {
      return true;
    }
    try {
      write(write().ifMatch(etag), now);
      return true;
    } catch (InboardException e) {
      if (e.code() == ErrorCode.ETAG_MISMATCH) {
        etag = null;
        return false;
      }
      if (now - renewed < SAFE_NANOS) {
        return true;
      }
      etag = null;
      throw e;
    }
  }

  private boolean take(long now) {
    try {
      write(write().with(Concurrency.FIRST_WRITE), now);
      return true;
    } catch (InboardException e) {
      if (e.code() != ErrorCode.ETAG_MISMATCH) {
        throw e;
      }
    }
    StoredValue held = (StoredValue) await.apply(driver.get().get(key));
    Owner owner = held == null ? null : Owner.parse(new String(held.value(), UTF_8));
    if (held == null || held.etag() == null || owner == null || !owner.isGone()) {
      return false;
    }
    try {
      write(write().ifMatch(held.etag()), now);
      return true;
    } catch (InboardException e) {
      if (e.code() == ErrorCode.ETAG_MISMATCH) {
        return false; // somebody else was faster
      }
      throw e;
    }
  }

  private StateOperation.Set write() {
    return StateOperation.Set.of(key, self.text().getBytes(UTF_8)).expiringAfter(LENGTH);
  }

  private void write(StateOperation.Set set, long now) {
    etag = (String) await.apply(driver.get().set(set));
    renewed = now;
  }

  /** Gives it back, so that others need not wait. */
  void release() {
    if (etag == null) {
      return;
    }
    StateOperation.Delete delete = StateOperation.Delete.of(key).ifMatch(etag);
    etag = null;
    try {
      var unused = await.apply(driver.get().delete(delete));
    } catch (InboardException e) {
      // it ends by itself
    }
  }
}
