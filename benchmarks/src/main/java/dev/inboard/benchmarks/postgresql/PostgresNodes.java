package dev.inboard.benchmarks.postgresql;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Limit;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.StartOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Some thousand workflows of five steps that become due at one moment, to all nodes at once: every
 * one must be claimed, and every node wants it. Each node is a process of its own; all share one
 * server with its default settings, which also counts the statements.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 1)
public class PostgresNodes {
  private static final int WORKFLOWS = 4_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How long the starts may take. */
  private static final Duration STARTING = Duration.ofSeconds(10);

  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final String CLAIMS =
      "SELECT sum(calls) FROM pg_stat_statements WHERE query LIKE 'WITH d AS (SELECT pk FROM"
          + " wf_instance%SKIP LOCKED%'";

  /** All statements but those of whoever looks. */
  private static final String STATEMENTS =
      "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'";

  /** How many processes share the work. */
  @Param({"1", "2", "4"})
  public int nodes;

  private final PostgresServer server =
      PostgresServer.create("shared_preload_libraries = 'pg_stat_statements'");
  private final List<JavaProcess> processes = new ArrayList<>();
  private String connectionString;
  private Connection connection;

  /** What the nodes cost. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Cost {
    /** From the moment at which all are due until the last has its result, divided by them. */
    public double microsPerWorkflow;

    /** All claims that saw something due, of 1,000 workflows. */
    public double claims;

    /** Claims that saw something due, and found that others had taken it, of 1,000 workflows. */
    public double lostClaims;

    /** Statements of each node in a second in which nothing happens. */
    public double idleStatements;
  }

  /** Starts the server and the nodes. */
  @Setup
  public void open() throws SQLException {
    server.start();
    String database = server.createDatabase();
    connectionString =
        "postgres://%s@%s/%s?sslmode=disable"
            .formatted(PostgresServer.USER, server.address(), database);
    connection = DriverManager.getConnection(server.jdbcUrl(database) + "&sslmode=disable");
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION pg_stat_statements");
    }
    List<String> flags =
        List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=4",
            "-Dbench.home=" + System.getProperty("bench.home", "."));
    for (int i = 0; i < nodes; i++) {
      JavaProcess process = JavaProcess.start(flags, ClaimingNode.class, connectionString);
      processes.add(process);
      process.awaitOutput(ClaimingNode.READY, PATIENCE);
    }
  }

  /** Ends them. */
  @TearDown
  public void close() throws SQLException {
    processes.forEach(JavaProcess::close);
    connection.close();
    server.close();
  }

  /** From the moment at which all are due; then a while without work. */
  @Benchmark
  @Limit(
      name = "workflowbackend.postgresql shared by nodes, time for each workflow of five steps",
      metric = "microsPerWorkflow",
      limit = 1_000,
      unit = "µs")
  @Limit(
      name = "workflowbackend.postgresql shared by nodes, lost claims of 1,000 workflows",
      metric = "lostClaims",
      limit = 10,
      unit = "claims")
  @Limit(
      name = "workflowbackend.postgresql shared by nodes, statements of an idle node",
      metric = "idleStatements",
      limit = 5,
      unit = "statements/s")
  public void share(Cost cost) throws SQLException, InterruptedException {
    long claims = number(CLAIMS);
    int took = took();
    Instant moment = startMany();
    while (number("SELECT count(*) FROM wf_instance WHERE finished_at IS NULL") > 0) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    long finished = number("SELECT count(*) FROM wf_instance WHERE status = 'COMPLETED'");
    if (finished % WORKFLOWS != 0) {
      throw new IllegalStateException(finished + " have a result");
    }
    long last = number("SELECT max(finished_at) FROM wf_instance");
    cost.microsPerWorkflow = (last - moment.toEpochMilli()) * 1e3 / WORKFLOWS;
    int successful = took() - took;
    long all = number(CLAIMS) - claims;
    if (successful == 0 || all < successful) {
      throw new IllegalStateException(successful + " of " + all + " claims took something");
    }
    cost.claims = all * 1e3 / WORKFLOWS;
    cost.lostClaims = (all - successful) * 1e3 / WORKFLOWS;
    TimeUnit.SECONDS.sleep(2);
    long before = number(STATEMENTS);
    TimeUnit.SECONDS.sleep(IDLE.toSeconds());
    cost.idleStatements = (number(STATEMENTS) - before) / (double) IDLE.toSeconds() / nodes;
  }

  /** Starts all for one moment, and leaves before it comes; returns the moment. */
  private Instant startMany() {
    Instant moment = Instant.now().plus(STARTING);
    try (Inboard starter =
        ClaimingNode.workflows("workflowbackend.postgresql", connectionString).start()) {
      List<CompletableFuture<?>> starts = new ArrayList<>();
      for (int i = 0; i < WORKFLOWS; i++) {
        starts.add(
            starter
                .workflows()
                .startAsync(ClaimingNode.WORKFLOW, 1, StartOptions.DEFAULT.withStartAt(moment)));
      }
      starts.forEach(CompletableFuture::join);
    }
    if (Instant.now().isAfter(moment)) {
      throw new IllegalStateException("to start them took longer than it may");
    }
    return moment;
  }

  private int took() {
    return processes.stream()
        .mapToInt(
            process ->
                (int)
                    process
                        .output()
                        .lines()
                        .filter(line -> line.startsWith(ClaimingNode.TOOK))
                        .count())
        .sum();
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
