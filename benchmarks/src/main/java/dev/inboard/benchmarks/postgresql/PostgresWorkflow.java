package dev.inboard.benchmarks.postgresql;

import dev.inboard.benchmarks.Versus;
import dev.inboard.benchmarks.workflows.FiveSteps;
import dev.inboard.test.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
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
 * Runs workflows of five steps that do nothing, each from its start to its result, on a server with
 * its default settings. The raw client commits six rows one after the other, which is the least
 * that a step-by-step log of the same workflow costs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PostgresWorkflow {
  private final PostgresServer server = PostgresServer.create();
  private String jdbcUrl;
  private FiveSteps ours;

  /** A connection for each thread of the raw client. */
  @State(Scope.Thread)
  public static class Log {
    private Connection connection;
    private PreparedStatement insert;

    /** Opens the connection. */
    @Setup
    public void open(PostgresWorkflow shared) throws SQLException {
      connection = DriverManager.getConnection(shared.jdbcUrl);
      insert = connection.prepareStatement("INSERT INTO raw_log (payload) VALUES (?)");
    }

    /** Closes it. */
    @TearDown
    public void close() throws SQLException {
      connection.close();
    }
  }

  /** Starts the server and the runtime. */
  @Setup
  public void open() throws SQLException {
    server.start();
    String database = server.createDatabase();
    jdbcUrl = server.jdbcUrl(database) + "&sslmode=disable";
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE raw_log (n bigint GENERATED ALWAYS AS IDENTITY, payload bytea)");
    }
    ours = FiveSteps.onPostgres(server);
  }

  /** Closes both. */
  @TearDown
  public void close() {
    ours.close();
    server.close();
  }

  /** Ours from one thread. */
  @Benchmark
  @Versus(
      name = "workflowbackend.postgresql, five steps, one caller",
      baseline = "log",
      baselineName = "JDBC, six commits",
      target = 0.5)
  public Object run() {
    return ours.run();
  }

  /** Ours from 64 threads. */
  @Benchmark
  @Threads(64)
  @Versus(
      name = "workflowbackend.postgresql, five steps, 64 callers",
      baseline = "log64",
      baselineName = "JDBC, six commits, 64 connections",
      target = 1)
  public Object run64() {
    return ours.run();
  }

  /** Ours from 64 threads, with activities, which other threads run. */
  @Benchmark
  @Threads(64)
  @Versus(
      name = "workflowbackend.postgresql, five activities, 64 callers",
      baseline = "log64",
      baselineName = "JDBC, six commits, 64 connections")
  public Object activities64() {
    return ours.runActivities();
  }

  /** The raw client from one thread. */
  @Benchmark
  public int log(Log log) throws SQLException {
    return commitSix(log);
  }

  /** The raw client from 64 threads, each with a connection. */
  @Benchmark
  @Threads(64)
  public int log64(Log log) throws SQLException {
    return commitSix(log);
  }

  private static int commitSix(Log log) throws SQLException {
    int rows = 0;
    for (int i = 0; i < 6; i++) {
      log.insert.setBytes(1, new byte[200]);
      rows += log.insert.executeUpdate();
    }
    return rows;
  }
}
