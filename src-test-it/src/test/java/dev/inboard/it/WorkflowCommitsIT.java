package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.postgresql.PostgresWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.WorkflowOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a workflow costs, counted in the write-ahead log itself. */
class WorkflowCommitsIT {
  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  @RegisterExtension
  static final PostgresServer postgres = PostgresServer.create("autovacuum = off");

  @TempDir Path folder;

  @Test
  @DisplayName("a workflow of five steps, one after the other, takes six commits")
  void fiveStepsTakeSixCommits() throws IOException {
    Path file = folder.resolve("flows.db");
    try (WorkflowBackendDriver driver = CrashingProcess.open(file);
        WorkflowEngine engine = engine(driver)) {
      engine.start();
      int before = commits(file);
      runFiveSteps(engine);
      assertThat(commits(file) - before).isBetween(1, 6);
    }
  }

  @Test
  @DisplayName("on PostgreSQL a workflow of five steps takes six commits as well")
  void fiveStepsTakeSixCommitsOnPostgres() throws SQLException {
    String database = postgres.createDatabase();
    ComponentSpec spec =
        ComponentSpec.of(
            "flows",
            "workflowbackend.postgresql",
            Map.of("connectionString", WorkflowNode.at(postgres, database)));
    try (WorkflowBackendDriver driver = new PostgresWorkflowBackendProvider().open(spec);
        WorkflowEngine engine = engine(driver)) {
      engine.start();
      long before = nextTransaction(database);
      runFiveSteps(engine);
      assertThat(nextTransaction(database) - before).isBetween(1L, 6L);
    }
  }

  @Test
  @DisplayName(
      "on PostgreSQL a step changes no index of the instances, and reads no other instance")
  void stepChangesNoIndex() throws SQLException {
    String database = postgres.createDatabase();
    ComponentSpec spec =
        ComponentSpec.of(
            "flows",
            "workflowbackend.postgresql",
            Map.of("connectionString", WorkflowNode.at(postgres, database)));
    int runs = 40;
    try (WorkflowBackendDriver driver = new PostgresWorkflowBackendProvider().open(spec);
        WorkflowEngine engine = engine(driver)) {
      engine.start();
      for (int i = 0; i < runs; i++) {
        runFiveSteps(engine);
      }
    } // the server counts what a connection has done when it ends at the latest
    String counts = " FROM pg_stat_user_tables WHERE relname = 'wf_instance'";
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(number(database, "SELECT n_tup_upd" + counts)).isEqualTo(5L * runs));
    assertThat(number(database, "SELECT n_tup_hot_upd" + counts))
        .as("updates but those that end an instance")
        .isGreaterThan(3L * runs);
    assertThat(number(database, "SELECT seq_tup_read" + counts))
        .as("rows read without an index")
        .isLessThan(10L * runs);
  }

  private static void runFiveSteps(WorkflowEngine engine) {
    int result = engine.workflows().start("steps", 0).await(Integer.class, Duration.ofSeconds(60));
    assertThat(result).isEqualTo(5);
  }

  /** Returns the number of the next transaction that writes; those that only read have none. */
  private static long nextTransaction(String database) throws SQLException {
    return number(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
  }

  private static long number(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static WorkflowEngine engine(WorkflowBackendDriver driver) {
    Registry registry =
        new Registry()
            .workflow(
                "steps",
                "",
                Integer.class,
                (context, n) -> {
                  int value = n;
                  for (int i = 0; i < 5; i++) {
                    value = context.call("inc", value, Integer.class).await();
                  }
                  return value;
                })
            .activity("inc", Integer.class, (context, n) -> n + 1);
    Duration longer = Duration.ofHours(1); // no sign of life while we count
    return new WorkflowEngine(
        "flows",
        () -> driver,
        new SystemHost(Clock.systemUTC()),
        registry,
        WorkflowOptions.DEFAULT.withLease(longer, longer),
        new CrashingProcess.Json(),
        "app");
  }

  /** Counts the frames that end a transaction: those that say how large the database is then. */
  private static int commits(Path file) throws IOException {
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(Path.of(file + "-wal")));
    int frame = FRAME_HEADER + log.getInt(8);
    int found = 0;
    for (int at = LOG_HEADER; at + frame <= log.limit(); at += frame) {
      if (log.getInt(at + 4) != 0) {
        found++;
      }
    }
    return found;
  }
}
