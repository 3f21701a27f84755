package dev.inboard.benchmarks.state;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Saves 100 bytes to a file, each on the disk (full fsync) before it is acknowledged. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SqliteState {
  private static final int KEYS = 10_000;

  /** More than our log holds (40 MB) before it begins anew. */
  private static final int MEGABYTES = 60;

  private final byte[] value = new byte[100];
  private final AtomicInteger next = new AtomicInteger();
  private Inboard inboard;
  private StateStore store;
  private Connection connection;
  private PreparedStatement upsert;

  /**
   * Opens a new file for ours and one for the raw client, and brings both to where a store is that
   * has worked for a while: every key is there, and the log has its full length. A log that still
   * grows makes each sync dearer, and ours grows longer than the raw client's.
   */
  @Setup
  public void open() throws SQLException {
    Path folder = Components.folder();
    inboard =
        Components.runtime(
                "state",
                "state.sqlite",
                Map.of("connectionString", folder.resolve("ours.db").toString()))
            .start();
    store = inboard.stateStore("state");
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("raw.db"));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB, etag TEXT)");
    }
    upsert =
        connection.prepareStatement(
            "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                + " value = excluded.value, etag = excluded.etag");
    byte[] megabyte = new byte[1 << 20];
    for (int i = 0; i < MEGABYTES; i++) {
      store.save("large", megabyte);
      saveRaw("large", megabyte);
    }
    store.delete("large");
    connection.setAutoCommit(false);
    for (int i = 0; i < KEYS; i += 1_000) {
      List<StateChange> changes = new ArrayList<>();
      for (int k = 0; k < 1_000; k++) {
        String key = key();
        changes.add(StateChange.save(key, value));
        saveRaw(key, value);
      }
      store.transaction(changes);
    }
    try (var statement = connection.createStatement()) {
      statement.execute("DELETE FROM state WHERE key = 'large'");
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  /** Closes both. */
  @TearDown
  public void close() throws SQLException {
    inboard.close();
    connection.close();
  }

  /** Ours from one thread: one commit for each. */
  @Benchmark
  @Versus(
      name = "state.sqlite save, one writer",
      baseline = "saveRaw",
      baselineName = "JDBC, one commit each")
  public @Nullable String save() {
    return store.save(key(), value);
  }

  /** Ours from 64 threads: they share commits. */
  @Benchmark
  @Threads(64)
  @Versus(
      name = "state.sqlite save, 64 writers",
      baseline = "save",
      baselineName = "one writer",
      target = 10)
  @Versus(
      name = "state.sqlite save, 64 writers beside JDBC",
      baseline = "saveRaw64",
      baselineName = "JDBC, 64 threads on one connection")
  public @Nullable String save64() {
    return store.save(key(), value);
  }

  /** The raw client from one thread. */
  @Benchmark
  public int saveRaw() throws SQLException {
    return saveRaw(key(), value);
  }

  /** The raw client from 64 threads, which take turns at its connection. */
  @Benchmark
  @Threads(64)
  public int saveRaw64() throws SQLException {
    return saveRaw(key(), value);
  }

  private synchronized int saveRaw(String key, byte[] bytes) throws SQLException {
    upsert.setString(1, key);
    upsert.setBytes(2, bytes);
    upsert.setString(3, UUID.randomUUID().toString()); // an unchanged row would not be written
    return upsert.executeUpdate();
  }

  private String key() {
    return "order-" + (next.getAndIncrement() & Integer.MAX_VALUE) % KEYS;
  }
}
