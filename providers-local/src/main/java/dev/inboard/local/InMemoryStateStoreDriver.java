package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.QueryStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.spi.state.StoredValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A state store in memory. Readers take no lock; writers take turns.
 *
 * <p>Every stage it returns is complete. Safe for use by many threads.
 */
final class InMemoryStateStoreDriver
    implements OutboxStateStoreDriver, KeyListingStateStoreDriver, QueryStateStoreDriver {
  private static final Set<Feature> FEATURES =
      Set.copyOf(
          EnumSet.of(
              Feature.ETAG,
              Feature.TRANSACTIONAL,
              Feature.TTL,
              Feature.KEY_LISTING,
              Feature.QUERY,
              Feature.OUTBOX));

  private final String label;
  private final Clock clock;
  private final InMemoryEntries entries;
  private final InMemoryOutbox outbox = new InMemoryOutbox(); // used under the writers' lock
  private final ReentrantLock writers = new ReentrantLock();
  private volatile boolean closed; // written under the writers' lock

  /**
   * Starts anywhere, so that an ETag from an earlier run of the application fits nothing by
   * accident.
   */
  private final AtomicLong version =
      new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50));

  InMemoryStateStoreDriver(ComponentSpec spec) {
    label = spec.label();
    clock = spec.clock();
    entries = new InMemoryEntries(clock);
  }

  @Override
  public Set<Feature> features() {
    return FEATURES;
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed ? cancelled("ping") : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<@Nullable StoredValue> get(String key) {
    if (closed) {
      return cancelled("get '" + key + "'");
    }
    InMemoryEntry entry = entries.get(key);
    return entry == null ? InMemoryEntry.nothing() : entry.read(clock);
  }

  @Override
  public CompletionStage<@Nullable String> set(StateOperation.Set set) {
    InMemoryEntry entry = entryOf(set);
    return write(set, entry) ? CompletableFuture.completedFuture(entry.etag()) : refused(set);
  }

  @Override
  public CompletionStage<Void> delete(StateOperation.Delete delete) {
    return write(delete, InMemoryEntry.deletion())
        ? CompletableFuture.completedFuture(null)
        : refused(delete);
  }

  /** Carries one write out, unless the store is closed or the live entry forbids it. */
  private boolean write(StateOperation operation, InMemoryEntry entry) {
    writers.lock();
    try {
      boolean permitted = !closed && permits(entries.live(operation.key()), operation);
      if (permitted) {
        entries.put(operation.key(), entry);
      }
      return permitted;
    } finally {
      writers.unlock();
    }
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations) {
    return transact(operations, "", List.of());
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations, String name, List<OutboxEvent> events) {
    List<InMemoryEntry> prepared = new ArrayList<>(operations.size());
    List<@Nullable String> etags = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      InMemoryEntry entry =
          operation instanceof StateOperation.Set set ? entryOf(set) : InMemoryEntry.deletion();
      prepared.add(entry);
      etags.add(entry.etag());
    }
    StateOperation forbidden = writeTogether(operations, prepared, name, events);
    return forbidden == null ? CompletableFuture.completedFuture(etags) : refused(forbidden);
  }

  /**
   * Carries all writes out and returns null, or none of them and returns the first that is not
   * permitted.
   */
  private @Nullable StateOperation writeTogether(
      List<? extends StateOperation> operations,
      List<InMemoryEntry> prepared,
      String name,
      List<OutboxEvent> events) {
    Map<String, InMemoryEntry> writes = new HashMap<>();
    writers.lock();
    try {
      for (int i = 0; i < prepared.size(); i++) {
        StateOperation operation = operations.get(i);
        InMemoryEntry earlier = writes.get(operation.key());
        StoredValue live = earlier == null ? entries.live(operation.key()) : earlier.live(clock);
        if (closed || !permits(live, operation)) {
          return operation;
        }
        writes.put(operation.key(), prepared.get(i));
      }
      entries.putTogether(writes);
      outbox.add(name, events);
      return null;
    } finally {
      writers.unlock();
    }
  }

  @Override
  public CompletionStage<List<StoredEvent>> pending(
      String name, @Nullable String after, int limit) {
    writers.lock();
    try {
      return closed
          ? cancelled("read of the outbox '" + name + "'")
          : CompletableFuture.completedFuture(outbox.next(name, after, limit));
    } finally {
      writers.unlock();
    }
  }

  @Override
  public CompletionStage<Long> waiting(String name) {
    writers.lock();
    try {
      return closed
          ? cancelled("count of the outbox '" + name + "'")
          : CompletableFuture.completedFuture(outbox.count(name));
    } finally {
      writers.unlock();
    }
  }

  @Override
  public CompletionStage<Void> forget(String name, List<String> positions) {
    writers.lock();
    try {
      if (closed) {
        return cancelled("removal from the outbox '" + name + "'");
      }
      outbox.remove(name, positions);
      return CompletableFuture.completedFuture(null);
    } finally {
      writers.unlock();
    }
  }

  private static boolean permits(@Nullable StoredValue live, StateOperation operation) {
    if (operation.etag() != null) {
      return live != null && operation.etag().equals(live.etag());
    }
    return live == null || operation.concurrency() == Concurrency.LAST_WRITE;
  }

  private InMemoryEntry entryOf(StateOperation.Set set) {
    String etag = Long.toString(version.incrementAndGet(), Character.MAX_RADIX);
    return InMemoryEntry.of(new StoredValue(set.value().clone(), etag, endOf(set.ttl())));
  }

  private @Nullable Instant endOf(@Nullable Duration ttl) {
    return ttl == null
        ? null
        : Instant.ofEpochMilli(clock.millis())
            .plus(ttl.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS));
  }

  @Override
  public CompletionStage<Page> listKeys(String prefix, int limit, @Nullable String token) {
    if (closed) {
      return cancelled("list '" + prefix + "'");
    }
    if (token != null && !token.startsWith(prefix)) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.INVALID_ARGUMENT,
              label,
              "list '" + prefix + "'",
              "the token comes from another listing"));
    }
    return CompletableFuture.completedFuture(list(prefix, limit, token));
  }

  private Page list(String prefix, int limit, @Nullable String token) {
    if (!entries.isIndexed()) {
      writers.lock();
      try {
        entries.index();
      } finally {
        writers.unlock();
      }
    }
    return entries.list(prefix, limit, token);
  }

  @Override
  public CompletionStage<Matches> query(String prefix, StateQuery query) {
    String operation = "query of keys with '" + prefix + "'";
    if (closed) {
      return cancelled(operation);
    }
    int offset;
    try {
      offset = query.token() == null ? 0 : Integer.parseUnsignedInt(query.token());
    } catch (NumberFormatException e) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.INVALID_ARGUMENT, label, operation, "the token comes from elsewhere"));
    }
    InMemoryQuery search = new InMemoryQuery(query);
    for (String key : list(prefix, Integer.MAX_VALUE, null).keys()) {
      StoredValue live = entries.live(key);
      if (live != null) {
        search.look(new Match(key, live));
      }
    }
    return CompletableFuture.completedFuture(search.page(offset));
  }

  @Override
  public void close() {
    writers.lock();
    try {
      closed = true;
    } finally {
      writers.unlock();
    }
  }

  private <T> CompletionStage<T> refused(StateOperation operation) {
    String verb = operation instanceof StateOperation.Set ? "set" : "delete";
    String what = verb + " '" + operation.key() + "'";
    if (closed) {
      return cancelled(what);
    }
    String reason =
        operation.etag() == null
            ? "the key has a live entry, and first-write only creates"
            : "the ETag is not that of the live entry; read it again";
    return CompletableFuture.failedFuture(
        new InboardException(ErrorCode.ETAG_MISMATCH, label, what, reason));
  }

  private <T> CompletionStage<T> cancelled(String what) {
    return CompletableFuture.failedFuture(
        new InboardException(ErrorCode.CANCELLED, label, what, "the component is closed"));
  }
}
