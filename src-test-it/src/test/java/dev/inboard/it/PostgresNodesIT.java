package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.PostgresDisk;
import dev.inboard.test.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many nodes on one database, on bad days: every instance ends, every step is recorded once. */
class PostgresNodesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String RIGHT = "right, steps [0, 1, 2, 3]";

  @RegisterExtension static final PostgresServer server = PostgresServer.create();

  private final List<AutoCloseable> open = new ArrayList<>();
  private String name;
  private String database;

  @BeforeEach
  void createDatabase() {
    server.start();
    name = server.createDatabase();
    database = WorkflowNode.at(server, name);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private PostgresNode node(Clock clock) {
    PostgresNode node = PostgresNode.start(database, clock);
    open.add(node);
    return node;
  }

  private PostgresNode node() {
    return node(Clock.systemUTC());
  }

  private JavaProcess launch(String ids, int instances) {
    JavaProcess process = PostgresNode.launch(database, ids, instances);
    open.add(process);
    process.awaitOutput(PostgresNode.STARTED, PATIENCE);
    return process;
  }

  /** Waits for every instance, and counts the outcomes. */
  private static Map<String, Integer> outcomes(PostgresNode node, String ids, int instances) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < instances; i++) {
      counts.merge(node.outcome(ids + i, i, PATIENCE), 1, Integer::sum);
    }
    return counts;
  }

  private long query(String sql) {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl(name));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Test
  @DisplayName("a node that is killed with 1,000 running workflows is taken over: each ends, once")
  void killedNodeIsTakenOver() throws Exception {
    PostgresNode survivor = node();
    JavaProcess victim = launch("order-", 1_000);
    victim.kill();
    assertThat(outcomes(survivor, "order-", 1_000)).isEqualTo(Map.of(RIGHT, 1_000));
    assertThat(query("SELECT count(*) FROM wf_instance WHERE finished_at IS NULL")).isZero();
    assertThat(query("SELECT count(*) FROM wf_instance")).isEqualTo(2_000); // with the children
    assertThat(query("SELECT count(*) FROM wf_inbox")).isZero();
  }

  @Test
  @DisplayName("a node that stands still past its lease writes nothing when it goes on")
  void pausedNodeIsFenced() throws Exception {
    PostgresNode survivor = node();
    JavaProcess paused = launch("order-", 100);
    paused.stall();
    assertThat(outcomes(survivor, "order-", 100)).isEqualTo(Map.of(RIGHT, 100));
    long turns = query("SELECT sum(turn) FROM wf_instance");
    long lines = query("SELECT count(*) FROM wf_history");
    paused.resume();
    await()
        .atMost(PATIENCE)
        .until(() -> query("SELECT count(*) FROM wf_node WHERE lease_until > 0") == 2);
    survivor.startMany("later-", 20); // the other is at work again while these run
    assertThat(outcomes(survivor, "later-", 20)).isEqualTo(Map.of(RIGHT, 20));
    assertThat(query("SELECT sum(turn) FROM wf_instance WHERE id NOT LIKE 'later-%'"))
        .isEqualTo(turns);
    assertThat(
            query(
                "SELECT count(*) FROM wf_history h JOIN wf_instance i ON i.pk = h.instance"
                    + " WHERE i.id NOT LIKE 'later-%'"))
        .isEqualTo(lines);
  }

  @Test
  @DisplayName("a database that is killed and restarted loses no workflow and doubles no step")
  void restartedDatabase() {
    PostgresNode node = node();
    node.startMany("order-", 200);
    for (int round = 0; round < 2; round++) {
      server.kill();
      server.start();
    }
    assertThat(outcomes(node, "order-", 200)).isEqualTo(Map.of(RIGHT, 200));
  }

  @Test
  @DisplayName("workflows go on at a promoted standby; nothing acknowledged is lost or doubled")
  void promotedStandby() {
    try (PostgresServer primary = PostgresServer.create();
        PostgresServer standby = PostgresServer.standbyOf(primary)) {
      primary.start();
      String both =
          "host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres dbname=%s sslmode=disable"
              .formatted(primary.port(), standby.port(), primary.createDatabase());
      standby.start();
      primary.requireStandby();
      try (PostgresNode node =
          PostgresNode.start(both + " target_session_attrs=read-write", Clock.systemUTC())) {
        node.startMany("order-", 100);
        primary.kill();
        standby.promote();
        assertThat(outcomes(node, "order-", 100)).isEqualTo(Map.of(RIGHT, 100));
      }
    }
  }

  @Test
  @DisplayName("connections that are terminated in the middle of commits lose and double nothing")
  void terminatedConnections() {
    PostgresNode node = node();
    PostgresNode other = node();
    node.startMany("order-", 200);
    for (int round = 0; round < 15; round++) {
      query(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
              + " WHERE application_name = 'inboard'");
      long finished = query("SELECT count(*) FROM wf_instance WHERE finished_at IS NOT NULL");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  query("SELECT count(*) FROM wf_instance WHERE finished_at IS NOT NULL") > finished
                      || finished == 400);
    }
    assertThat(outcomes(other, "order-", 200)).isEqualTo(Map.of(RIGHT, 200));
  }

  @Test
  @DisplayName("three nodes that are restarted one after the other under load lose nothing")
  void rollingRestart() throws Exception {
    PostgresNode watcher = node();
    List<PostgresNode> nodes = new ArrayList<>(List.of(node(), node(), node()));
    int batch = 60;
    for (int round = 0; round < 3; round++) {
      for (int n = 0; n < 3; n++) {
        nodes.get(n).startMany("order-" + round + n + "-", batch);
      }
      nodes.get(round).close();
      nodes.set(round, node());
    }
    for (int round = 0; round < 3; round++) {
      for (int n = 0; n < 3; n++) {
        assertThat(outcomes(watcher, "order-" + round + n + "-", batch))
            .isEqualTo(Map.of(RIGHT, batch));
      }
    }
  }

  @Test
  @DisplayName("nodes whose clocks differ by ten minutes share instances all the same")
  void clockSkew() {
    PostgresNode ahead = node(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5)));
    PostgresNode behind = node(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5)));
    ahead.startMany("ahead-", 50);
    behind.startMany("behind-", 50);
    assertThat(outcomes(ahead, "ahead-", 50)).isEqualTo(Map.of(RIGHT, 50));
    assertThat(outcomes(behind, "behind-", 50)).isEqualTo(Map.of(RIGHT, 50));
    assertThat(query("SELECT count(*) FROM wf_instance WHERE recoveries > 0")).isZero();
  }

  @Test
  @DisplayName(
      "workflows that meet a full disk end when there is room again, each step recorded once")
  void fullDisk() throws Exception {
    PostgresNode node = node();
    PostgresNode other = node();
    try (PostgresDisk full = server.fillDisk(name, "wf_history")) {
      node.startLarge("large-", 60);
      node.startMany("order-", 60);
      String waiting =
          "SELECT count(*) FROM wf_instance WHERE name = 'large' AND finished_at IS NULL"
              + " AND EXISTS (SELECT FROM wf_history WHERE instance = pk)";
      await().atMost(PATIENCE).until(() -> query(waiting) == 60);
      await()
          .during(Duration.ofSeconds(2)) // attempts that fail
          .atMost(PATIENCE)
          .until(() -> query(waiting) == 60);
      full.makeRoom();
    }
    for (int i = 0; i < 60; i++) {
      assertThat(other.outcomeOfLarge("large-" + i, PATIENCE)).isEqualTo("right, steps [0, 1, 2]");
    }
    assertThat(outcomes(other, "order-", 60)).isEqualTo(Map.of(RIGHT, 60));
    assertThat(query("SELECT count(*) FROM wf_instance")).isEqualTo(180); // with the children
    assertThat(query("SELECT count(*) FROM wf_instance WHERE status <> 'COMPLETED'")).isZero();
    assertThat(query("SELECT count(*) FROM wf_inbox")).isZero();
  }
}
