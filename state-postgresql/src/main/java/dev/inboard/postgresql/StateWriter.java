package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.postgresql.StateWrite.Kind;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.state.BulkStateStoreDriver.Result;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.Batcher;
import dev.inboard.sql.Call;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes single entries for many callers.
 *
 * <p>A caller that waits, and is alone, writes on its own thread. What comes meanwhile is gathered
 * and written together: one statement, and one commit, for all writes of a kind. Writes of one
 * caller take effect in its order.
 */
final class StateWriter implements AutoCloseable {
  /** Beyond this many bytes a statement takes no more values in. */
  private static final long MOST_BYTES = 16L << 20;

  private static final int CAPACITY = 4_096;

  private final PostgresDatabase database;
  private final StateTable table;
  private final Batcher<StateWrite> batcher;
  private volatile @Nullable ComponentTelemetry telemetry; // written once
  private final AtomicInteger gathered = new AtomicInteger(); // submitted and not settled yet
  private final AtomicBoolean someoneAlone = new AtomicBoolean();

  StateWriter(PostgresDatabase database, StateTable table) {
    this.database = database;
    this.table = table;
    this.batcher =
        new Batcher<>(
            database.name() + "-writer", CAPACITY, database.patience(), this::writeGathered);
  }

  void observe(ComponentTelemetry listener) {
    telemetry = listener;
  }

  private void committed(int entries) {
    ComponentTelemetry listener = telemetry;
    if (listener != null) {
      listener.committed(entries);
    }
  }

  CompletableFuture<@Nullable String> submit(StateWrite write) {
    if (CallingThread.waits() && gathered.get() == 0 && someoneAlone.compareAndSet(false, true)) {
      try {
        return database.now(
            write.call(),
            session -> {
              table.write(session, write);
              committed(1);
              return outcome(write);
            });
      } finally {
        someoneAlone.set(false);
      }
    }
    gathered.incrementAndGet();
    CompletableFuture<@Nullable String> result = write.result();
    batcher.submit(write);
    return result.whenComplete((etag, failure) -> gathered.decrementAndGet());
  }

  /**
   * Writes many entries that the caller has gathered itself.
   *
   * @param writes of different keys
   */
  CompletableFuture<List<Result>> submitAll(Call call, List<StateWrite> writes) {
    return database.offThread(
        call,
        () -> {
          List<StateWrite> left = writes;
          while (!left.isEmpty()) {
            List<StateWrite> now = new ArrayList<>();
            List<StateWrite> later = new ArrayList<>();
            divide(left, now, later);
            write(now);
            left = later;
          }
          return writes.stream().map(write -> new Result(write.etag(), write.failure())).toList();
        });
  }

  private static @Nullable String outcome(StateWrite write) {
    InboardException failure = write.failure();
    if (failure != null) {
      throw failure;
    }
    return write.etag();
  }

  private void writeGathered(List<StateWrite> batch) {
    List<StateWrite> left = batch;
    while (!left.isEmpty()) {
      List<StateWrite> now = new ArrayList<>();
      List<StateWrite> later = new ArrayList<>();
      divide(left, now, later);
      write(now);
      now.forEach(StateWrite::settle);
      left = later;
    }
  }

  /** Puts off the second write of a key, and what would make the statement too large. */
  private static void divide(List<StateWrite> all, List<StateWrite> now, List<StateWrite> later) {
    Set<String> keys = new HashSet<>();
    long bytes = 0;
    for (StateWrite write : all) {
      boolean puts = write.kind().puts();
      bytes += puts ? write.set().value().length : 0;
      boolean fits = now.isEmpty() || bytes <= MOST_BYTES;
      (fits && keys.add(write.key()) ? now : later).add(write);
    }
  }

  /**
   * Writes, and notes what became of each write.
   *
   * @param writes of different keys
   */
  void write(List<StateWrite> writes) {
    Map<Kind, List<StateWrite>> kinds = new EnumMap<>(Kind.class);
    for (StateWrite write : writes) {
      kinds.computeIfAbsent(write.kind(), kind -> new ArrayList<>()).add(write);
    }
    kinds.forEach(this::writeKind);
  }

  private void writeKind(Kind kind, List<StateWrite> writes) {
    if (writes.size() == 1) {
      writeOne(writes.get(0));
      return;
    }
    writes.sort(Comparator.comparing(StateWrite::key));
    try {
      database.perform(
          writes.get(0).call(),
          session -> {
            table.writeAll(session, kind, writes);
            return null;
          });
      committed(writes.size());
    } catch (InboardException e) {
      if (mayBeTheFaultOfOne(e.code())) {
        writes.forEach(this::writeOne);
      } else {
        writes.forEach(
            write -> write.failed(write.call().failed(e.code(), e.reason(), e.getCause())));
      }
    }
  }

  /** Says whether the statement failed as a whole, without effect, because of one of its writes. */
  private static boolean mayBeTheFaultOfOne(ErrorCode code) {
    return code == ErrorCode.INVALID_ARGUMENT || code == ErrorCode.CONFLICT;
  }

  private void writeOne(StateWrite write) {
    try {
      database.perform(
          write.call(),
          session -> {
            table.write(session, write);
            return null;
          });
      committed(1);
    } catch (InboardException e) {
      write.failed(e);
    }
  }

  /** Finishes what was submitted. */
  @Override
  public void close() {
    batcher.close();
  }
}
