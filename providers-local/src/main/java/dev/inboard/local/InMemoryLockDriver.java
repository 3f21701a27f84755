package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.lock.LockDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Leases of one component. They end by its clock, and with it. */
final class InMemoryLockDriver implements LockDriver {
  private final ComponentSpec spec;
  private final Map<String, Lease> leases = new HashMap<>();
  private long lastToken;
  private boolean closed;

  private record Lease(String owner, Instant end) {}

  InMemoryLockDriver(ComponentSpec spec) {
    this.spec = spec;
  }

  @Override
  public Set<Feature> features() {
    return Set.of();
  }

  @Override
  public CompletionStage<Void> ping() {
    return answer("ping", () -> null);
  }

  @Override
  public CompletionStage<@Nullable Long> tryLock(String key, String owner, Duration lease) {
    return answer(
        "lock '" + key + "'",
        () -> {
          if (live(key) != null) {
            return null;
          }
          leases.put(key, new Lease(owner, end(lease)));
          return ++lastToken;
        });
  }

  @Override
  public CompletionStage<Boolean> renew(String key, String owner, Duration lease) {
    return answer(
        "renew '" + key + "'",
        () -> {
          Lease held = live(key);
          if (held == null || !held.owner().equals(owner)) {
            return false;
          }
          leases.put(key, new Lease(owner, end(lease)));
          return true;
        });
  }

  @Override
  public CompletionStage<Unlocking> unlock(String key, String owner) {
    return answer(
        "unlock '" + key + "'",
        () -> {
          Lease held = live(key);
          if (held == null) {
            return Unlocking.NOT_HELD;
          }
          if (!held.owner().equals(owner)) {
            return Unlocking.HELD_BY_ANOTHER;
          }
          leases.remove(key);
          return Unlocking.RELEASED;
        });
  }

  private Instant end(Duration lease) {
    return spec.clock().instant().plus(lease);
  }

  private @Nullable Lease live(String key) {
    Lease lease = leases.get(key);
    if (lease != null && !spec.clock().instant().isBefore(lease.end())) {
      leases.remove(key);
      return null;
    }
    return lease;
  }

  private synchronized <T extends @Nullable Object> CompletionStage<T> answer(
      String operation, Supplier<T> answer) {
    return closed
        ? CompletableFuture.failedFuture(
            new InboardException(
                ErrorCode.CANCELLED, spec.label(), operation, "the component is closed"))
        : CompletableFuture.completedFuture(answer.get());
  }

  @Override
  public synchronized void close() {
    closed = true;
    leases.clear();
  }
}
