package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Transactions and transactional activities, counted while their process is killed. */
class TransactionCrashIT {
  private static final int ORDERS = Integer.getInteger("inboard.transaction.orders", 1_500);
  private static final int KILLS = Integer.getInteger("inboard.transaction.kills", 5);
  private static final Duration LONG = Duration.ofMinutes(10);

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();

  @TempDir Path resources;
  private String database = "";

  @Test
  @DisplayName(
      "a process that is killed again and again leaves every effect once, and none by halves")
  void everyEffectOnce() throws IOException, SQLException {
    database = postgres.createDatabase();
    execute("CREATE TABLE ledger (kind text, what text)");
    write("orders", "state.postgresql");
    write("flows", "workflowbackend.postgresql");
    Random random = new Random(23);
    for (int kill = 1; kill <= KILLS; kill++) {
      try (JavaProcess app = start()) {
        long goal = random.nextInt(1, ORDERS / KILLS) + (long) (kill - 1) * ORDERS / KILLS;
        app.awaitOutput("ready", LONG);
        Awaitility.await()
            .atMost(LONG)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> number("SELECT count(*) FROM ledger WHERE kind = 'placed'") >= goal);
        app.kill();
      }
      assertNothingByHalves();
    }
    try (JavaProcess app = start()) {
      app.awaitOutput("finished", LONG);
      assertThat(app.awaitExit(LONG)).isZero();
    }
    assertNothingByHalves();
    assertThat(number("SELECT count(*) FROM ledger WHERE kind = 'placed'")).isEqualTo(ORDERS);
    assertThat(number("SELECT count(*) FROM ledger WHERE kind = 'charge'")).isEqualTo(2 * ORDERS);
    assertThat(number("SELECT count(DISTINCT (kind, what)) FROM ledger")).isEqualTo(3 * ORDERS);
  }

  /** What the server still works on when the process is gone is finished before its locks are. */
  private void assertNothingByHalves() throws SQLException {
    Awaitility.await()
        .atMost(LONG)
        .until(
            () ->
                number(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'inboard'"
                            + " AND datname = current_database()")
                    == 0);
    assertThat(
            number(
                "SELECT count(*) FROM (SELECT 'order-' || what AS key FROM ledger"
                    + " WHERE kind = 'placed' UNION ALL SELECT 'charge-' || what FROM ledger"
                    + " WHERE kind = 'charge') l FULL JOIN"
                    + " (SELECT replace(key, 'shop||', '') AS key FROM state) s USING (key)"
                    + " WHERE l.key IS NULL OR s.key IS NULL"))
        .as("rows of the application without state, or state without rows")
        .isZero();
    assertThat(
            number(
                "SELECT count(*) FROM (SELECT 'pay-' || what AS id FROM ledger"
                    + " WHERE kind = 'placed') l FULL JOIN wf_instance i USING (id)"
                    + " WHERE l.id IS NULL OR i.id IS NULL"))
        .as("orders without workflow, or workflows without order")
        .isZero();
  }

  private JavaProcess start() {
    return JavaProcess.start(TransactionApp.class, resources.toString(), Integer.toString(ORDERS));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void write(String name, String type) throws IOException {
    Files.writeString(
        resources.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
            + name
            + "}\nspec:\n  type: "
            + type
            + "\n  version: v1\n  metadata:\n    - {name: connectionString, value: '"
            + WorkflowNode.at(postgres, database)
            + "'}\n");
  }
}
