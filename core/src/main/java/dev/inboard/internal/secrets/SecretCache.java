package dev.inboard.internal.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of one store that were read of late. Reads of one secret that come together ask the
 * store once.
 *
 * <p>A secret is served from here until it is {@code cacheMaxAge} old; from half of that age on a
 * read also renews it, without waiting. Later reads wait for the store. When that fails in a way
 * that may pass, they get the old secret until it is {@code cacheMaxStale} old; those that follow
 * within {@code cacheMaxAge} get it at once, while the store is tried again behind them. A failure
 * of any other kind, such as a permission that was taken away, ends that. Nothing is served after
 * its lease. Safe for use by many threads.
 */
final class SecretCache {
  private static final Logger log = LoggerFactory.getLogger(SecretCache.class);
  private static final int MOST = 1_000;
  private static final long RETRY_PAUSE = 1_000;

  private final String label;
  private final Clock clock;
  private final long maxAge; // milliseconds, as are all times here
  private final long maxStale;
  private final Map<Key, Slot> slots = new ConcurrentHashMap<>();

  /** What a secret is asked for by. */
  record Key(String name, Map<String, String> metadata) {}

  /** A secret that was read, as the stage that is handed out. */
  private record Held(CompletableFuture<StoredSecret> secret, long readAt, long expiresAt) {
    boolean isYounger(long limit, long now) {
      return now - readAt < limit && now >= readAt && now < expiresAt;
    }
  }

  /** One secret, and the read of it that is under way. */
  private static final class Slot {
    volatile @Nullable Held held;
    @Nullable CompletableFuture<StoredSecret> flight; // guarded by the slot
    volatile long failedAt; // written under the slot; 0: the last read did not fail
  }

  SecretCache(ComponentSpec spec) {
    label = spec.label();
    clock = spec.clock();
    maxAge = spec.get(SecretOptions.CACHE_MAX_AGE).toMillis();
    maxStale = spec.get(SecretOptions.CACHE_MAX_STALE).toMillis();
  }

  /** Returns a secret, from here or from the store. */
  CompletionStage<StoredSecret> get(Key key, Supplier<CompletionStage<StoredSecret>> read) {
    Slot slot = slot(key);
    Held held = slot.held;
    if (held != null) {
      long now = clock.millis();
      if (held.isYounger(maxAge, now)) {
        if (now - held.readAt() >= maxAge / 2) {
          refresh(key, slot, read);
        }
        return held.secret();
      }
      long sinceFailure = now - slot.failedAt;
      if (sinceFailure < maxAge && held.isYounger(maxStale, now)) {
        if (sinceFailure >= RETRY_PAUSE) {
          refresh(key, slot, read);
        }
        return held.secret();
      }
    }
    return fly(key, slot, read);
  }

  /** Reads a secret again while nobody waits for it. */
  private void refresh(Key key, Slot slot, Supplier<CompletionStage<StoredSecret>> read) {
    CompletableFuture<StoredSecret> unused = CallingThread.passing(() -> fly(key, slot, read));
  }

  /** Reads a secret from the store, whatever is here; later reads see it. */
  CompletionStage<StoredSecret> fresh(Key key, Supplier<CompletionStage<StoredSecret>> read) {
    Slot slot = slot(key);
    long begin = clock.millis();
    return read.get()
        .whenComplete((secret, failure) -> ended(key, slot, begin, secret, failure, false));
  }

  private Slot slot(Key key) {
    Slot slot = slots.get(key);
    if (slot == null) {
      if (slots.size() >= MOST) { // names made up at run time must not fill the memory
        slots.clear();
      }
      slot = slots.computeIfAbsent(key, any -> new Slot());
    }
    return slot;
  }

  private CompletableFuture<StoredSecret> fly(
      Key key, Slot slot, Supplier<CompletionStage<StoredSecret>> read) {
    CompletableFuture<StoredSecret> flight = new CompletableFuture<>();
    synchronized (slot) {
      if (slot.flight != null) {
        return slot.flight;
      }
      slot.flight = flight;
    }
    long begin = clock.millis();
    start(read)
        .whenComplete(
            (secret, failure) -> {
              StoredSecret answer = ended(key, slot, begin, secret, failure, true);
              synchronized (slot) {
                slot.flight = null;
              }
              if (answer != null) {
                flight.complete(answer);
              } else {
                flight.completeExceptionally(causeOf(failure));
              }
            });
    return flight;
  }

  private static CompletionStage<StoredSecret> start(Supplier<CompletionStage<StoredSecret>> read) {
    try {
      return read.get();
    } catch (RuntimeException e) { // a driver should not, but the flight must end all the same
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Remembers the outcome of a read.
   *
   * @return the secret to go on with; null: there is none
   */
  private @Nullable StoredSecret ended(
      Key key,
      Slot slot,
      long begin,
      @Nullable StoredSecret secret,
      @Nullable Throwable failure,
      boolean mayBeStale) {
    synchronized (slot) {
      Held held = slot.held;
      if (secret != null) {
        if (held == null || held.readAt() <= begin) {
          slot.held = held(secret, begin);
        }
        if (slot.failedAt != 0) {
          slot.failedAt = 0;
          log.info("{}: secret '{}' can be read again", label, key.name());
        }
        return secret;
      }
      if (!(causeOf(failure) instanceof InboardException e) || !e.code().isTransient()) {
        if (!isCancelled(failure)) {
          slot.held = null;
          slot.failedAt = 0;
        }
        return null;
      }
      if (!mayBeStale || held == null || !held.isYounger(maxStale, clock.millis())) {
        return null;
      }
      boolean first = slot.failedAt == 0;
      slot.failedAt = clock.millis();
      if (first) {
        log.warn(
            "{}: secret '{}' is served as it was read at {}, because the store fails: {}",
            label,
            key.name(),
            Instant.ofEpochMilli(held.readAt()),
            e.getMessage());
      }
      return held.secret().join();
    }
  }

  private static Held held(StoredSecret secret, long readAt) {
    Instant end = secret.expiresAt();
    return new Held(
        CompletableFuture.completedFuture(secret),
        readAt,
        end == null ? Long.MAX_VALUE : end.toEpochMilli());
  }

  private static boolean isCancelled(@Nullable Throwable failure) {
    return causeOf(failure) instanceof InboardException e && e.code() == ErrorCode.CANCELLED;
  }

  private static Throwable causeOf(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("a driver completed a read with null");
    }
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
