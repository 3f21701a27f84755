package dev.inboard.benchmarks.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import dev.inboard.test.server.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.Optional;
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

/**
 * Reads and writes entries of 100 bytes on a server with its default settings, which syncs every
 * commit. The raw client sends the same statements through a pool of the same size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PostgresState {
  private static final int KEYS = 10_000;
  private static final int CONNECTIONS = 8;
  private static final String LIVE = "(t.expires_at IS NULL OR t.expires_at > now())";
  private static final String GET =
      "SELECT t.key, t.value, t.etag::text, t.expires_at FROM state t WHERE t.key = ? AND " + LIVE;
  private static final String SAVE =
      "INSERT INTO state AS t (key, value, expires_at)"
          + " VALUES (?, ?, now() + ?::bigint * interval '1 millisecond')"
          + " ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = gen_random_uuid(),"
          + " updated_at = now(), expires_at = excluded.expires_at RETURNING t.key, t.etag::text";

  private final byte[] value = new byte[100];
  private final AtomicInteger next = new AtomicInteger();
  private final PostgresServer server = PostgresServer.create();
  private Inboard inboard;
  private StateStore store;
  private HikariDataSource pool;

  /** Starts the server and opens both on one table. */
  @Setup
  public void open() {
    server.start();
    String database = server.createDatabase();
    inboard =
        Components.runtime(
                "state",
                "state.postgresql",
                "v2",
                Map.of(
                    "connectionString",
                    "postgres://postgres@" + server.address() + "/" + database + "?sslmode=disable",
                    "maxConns",
                    String.valueOf(CONNECTIONS)))
            .start();
    store = inboard.stateStore("state");
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl(database) + "&sslmode=disable");
    config.setMaximumPoolSize(CONNECTIONS);
    pool = new HikariDataSource(config);
    for (int i = 0; i < KEYS; i++) {
      store.save("order-" + i, value);
    }
  }

  /** Closes everything. */
  @TearDown
  public void close() {
    inboard.close();
    pool.close();
    server.close();
  }

  /** Ours. */
  @Benchmark
  @Versus(
      name = "state.postgresql get",
      baseline = "getRaw",
      baselineName = "JDBC + HikariCP",
      target = 0.95)
  public Optional<StateEntry<byte[]>> get() {
    return store.get(key(), byte[].class);
  }

  /** The raw client. */
  @Benchmark
  public byte @Nullable [] getRaw() throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(GET)) {
      statement.setString(1, "bench||" + key());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        row.getString(3);
        row.getObject(4);
        return row.getBytes(2);
      }
    }
  }

  /** Ours from one thread: one commit for each. */
  @Benchmark
  @Versus(
      name = "state.postgresql save, one writer",
      baseline = "saveRaw",
      baselineName = "JDBC + HikariCP",
      target = 0.95)
  public @Nullable String save() {
    return store.save(key(), value);
  }

  /** The raw client from one thread. */
  @Benchmark
  public String saveRaw() throws SQLException {
    return saveRow();
  }

  /** Ours from 64 threads: they share statements and commits. */
  @Benchmark
  @Threads(64)
  @Versus(
      name = "state.postgresql save, 64 writers",
      baseline = "saveRaw64",
      baselineName = "JDBC + HikariCP, 64 threads",
      target = 3)
  public @Nullable String save64() {
    return store.save(key(), value);
  }

  /** The raw client from 64 threads: one commit for each. */
  @Benchmark
  @Threads(64)
  public String saveRaw64() throws SQLException {
    return saveRow();
  }

  private String saveRow() throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(SAVE)) {
      statement.setString(1, "bench||" + key());
      statement.setBytes(2, value);
      statement.setNull(3, Types.BIGINT);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(2);
      }
    }
  }

  private String key() {
    return "order-" + (next.getAndIncrement() & Integer.MAX_VALUE) % KEYS;
  }
}
