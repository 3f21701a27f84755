package dev.inboard.benchmarks.workflows;

import dev.inboard.benchmarks.Versus;
import dev.inboard.test.server.PostgresServer;
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
 * Five steps from 64 callers, beside DBOS on PostgreSQL (all synced to disk), and five activities
 * beside Temporal's test server (both in memory).
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(64)
public class WorkflowPeers {
  /** Ours on SQLite. */
  @State(Scope.Benchmark)
  public static class Sqlite {
    private FiveSteps ours;

    /** Opens it. */
    @Setup
    public void open() {
      ours = FiveSteps.onSqlite();
    }

    /** Closes it. */
    @TearDown
    public void close() {
      ours.close();
    }
  }

  /** Ours on PostgreSQL, a server with the settings of DBOS's. */
  @State(Scope.Benchmark)
  public static class Postgres {
    private final PostgresServer server = PostgresServer.create();
    private FiveSteps ours;

    /** Starts the server and opens a database of it. */
    @Setup
    public void open() {
      server.start();
      ours = FiveSteps.onPostgres(server);
    }

    /** Ends both. */
    @TearDown
    public void close() {
      ours.close();
      server.close();
    }
  }

  /** Ours in memory. */
  @State(Scope.Benchmark)
  public static class InMemory {
    private FiveSteps ours;

    /** Opens it. */
    @Setup
    public void open() {
      ours = FiveSteps.inMemory();
    }

    /** Closes it. */
    @TearDown
    public void close() {
      ours.close();
    }
  }

  /** DBOS Transact. */
  @State(Scope.Benchmark)
  public static class Dbos {
    private DbosFiveSteps steps;

    /** Starts PostgreSQL and DBOS. */
    @Setup
    public void open() {
      steps = new DbosFiveSteps();
    }

    /** Ends both. */
    @TearDown
    public void close() {
      steps.close();
    }
  }

  /** Temporal's server for tests, in this process. */
  @State(Scope.Benchmark)
  public static class Temporal {
    private TemporalFiveSteps steps;

    /** Starts it and a worker. */
    @Setup
    public void open() {
      steps = new TemporalFiveSteps();
    }

    /** Ends both. */
    @TearDown
    public void close() {
      steps.close();
    }
  }

  /** Ours on disk. */
  @Benchmark
  @Versus(
      name = "workflowbackend.sqlite beside DBOS, 5 steps, 64 callers",
      baseline = "dbos",
      baselineName = "DBOS on PostgreSQL",
      target = 1)
  public Object sqlite(Sqlite sqlite) {
    return sqlite.ours.run();
  }

  /** Ours on the database that they are on. */
  @Benchmark
  @Versus(
      name = "workflowbackend.postgresql beside DBOS, 5 steps, 64 callers",
      baseline = "dbos",
      baselineName = "DBOS on PostgreSQL",
      target = 5)
  public Object postgres(Postgres postgres) {
    return postgres.ours.run();
  }

  /** Theirs on disk. */
  @Benchmark
  public Object dbos(Dbos dbos) {
    return dbos.steps.run();
  }

  /** Ours in memory. */
  @Benchmark
  @Versus(
      name = "workflowbackend.in-memory beside Temporal, 5 activities, 64 callers",
      baseline = "temporal",
      baselineName = "Temporal's test server, 8 callers (stalls with 64)",
      target = 1)
  public Object inMemory(InMemory memory) {
    return memory.ours.runActivities();
  }

  /** Theirs in memory, saturated by fewer callers. */
  @Benchmark
  @Threads(8)
  public Object temporal(Temporal temporal) {
    return temporal.steps.run();
  }
}
