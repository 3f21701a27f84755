package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.StartOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that share a queue on one database, and one of them dies. */
class QueueNodesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int INSTANCES = 6;
  private static final int EACH = 25;

  /** The most effects under way at a time, by those that came to their end. */
  private static final String MOST_AT_ONCE =
      """
      SELECT max(running) FROM (
        SELECT sum(change) OVER (ORDER BY at, change) AS running FROM (
          SELECT began AS at, 1 AS change FROM effect WHERE ended IS NOT NULL
          UNION ALL SELECT ended, -1 FROM effect WHERE ended IS NOT NULL) AS changes) AS sums\
      """;

  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  private final List<AutoCloseable> open = new ArrayList<>();
  private String jdbcUrl;
  private String database;

  @BeforeEach
  void createDatabase() throws SQLException {
    String name = server.createDatabase();
    jdbcUrl = server.jdbcUrl(name);
    database = WorkflowNode.at(server, name);
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE effect (number BIGSERIAL, key TEXT, began TIMESTAMPTZ, ended TIMESTAMPTZ)");
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private JavaProcess launch() {
    JavaProcess process = QueueNode.launch(database, jdbcUrl);
    open.add(process);
    return process;
  }

  private static void awaitListening(JavaProcess process) {
    process.awaitOutput(QueueNode.LISTENS, PATIENCE);
  }

  private long query(String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Test
  @DisplayName("what a killed node held is done by others, and the limit of all holds throughout")
  void killedListenerIsReplaced() throws Exception {
    QueueNode asking = QueueNode.start(database, jdbcUrl, false);
    open.add(asking);
    JavaProcess survivor = launch();
    JavaProcess victim = launch();
    awaitListening(survivor);
    awaitListening(victim);
    for (int i = 0; i < INSTANCES; i++) {
      asking.workflows().start("spread", EACH, StartOptions.id("spread-" + i));
    }
    await().atMost(PATIENCE).until(() -> query("SELECT count(*) FROM effect") > 30);
    victim.kill();
    for (int i = 0; i < INSTANCES; i++) {
      assertThat(asking.workflows().run("spread-" + i).await(Integer.class, PATIENCE))
          .isEqualTo(EACH);
    }
    int tasks = INSTANCES * EACH;
    assertThat(query("SELECT count(DISTINCT key) FROM effect WHERE ended IS NOT NULL"))
        .isEqualTo(tasks);
    long runs = query("SELECT count(*) FROM effect");
    assertThat(runs)
        .as("only what the victim held is done again")
        .isBetween((long) tasks, tasks + 4L);
    assertThat(query(MOST_AT_ONCE)).isBetween(2L, (long) QueueNode.LIMIT);
    assertThat(query("SELECT count(*) FROM wf_task")).isZero();
    assertThat(query("SELECT count(*) FROM wf_inbox")).isZero();
  }

  @Test
  @DisplayName("a node that closes ends what it runs and gives the rest back at once")
  void closedListenerGivesBack() throws Exception {
    QueueNode asking = QueueNode.start(database, jdbcUrl, false);
    open.add(asking);
    JavaProcess leaving = launch();
    awaitListening(leaving);
    asking.workflows().start("spread", EACH, StartOptions.id("spread"));
    await().atMost(PATIENCE).until(() -> query("SELECT count(*) FROM effect") > 5);
    leaving.terminate();
    leaving.awaitExit(PATIENCE);
    assertThat(query("SELECT count(*) FROM wf_task WHERE owner IS NOT NULL")).isZero();
    assertThat(query("SELECT count(*) FROM wf_task")).isPositive();
    open.add(QueueNode.start(database, jdbcUrl, true));
    assertThat(asking.workflows().run("spread").await(Integer.class, PATIENCE)).isEqualTo(EACH);
    assertThat(query("SELECT count(*) FROM effect")).as("runs").isEqualTo(EACH);
  }
}
