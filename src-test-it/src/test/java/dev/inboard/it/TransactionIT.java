package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.Inboard;
import dev.inboard.Transaction;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Transactions over state, events, workflows and tables of the application. */
@Timeout(300)
class TransactionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();

  @TempDir Path folder;
  private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicReference<Charge> charge = new AtomicReference<>(TransactionIT::insert);
  private String database = "";
  private Inboard inboard;

  private interface Charge {
    void run(Transaction transaction, int attempt) throws Exception;
  }

  @BeforeEach
  void start() throws IOException, SQLException {
    database = postgres.createDatabase();
    execute("CREATE TABLE own (note text)");
    component(
        "orders",
        "state.postgresql",
        database,
        """
            - {name: outboxPublishPubsub, value: bus}
            - {name: outboxPublishTopic, value: orders}
        """);
    component("flows", "workflowbackend.postgresql", database, "");
    component("elsewhere", "state.postgresql", postgres.createDatabase(), "");
    write("bus", "pubsub.in-memory", "");
    write("local", "state.in-memory", "");
    inboard =
        Inboard.builder()
            .appId("app")
            .dataFolder(folder)
            .resources(folder.resolve("resources"))
            .workflowOptions(
                WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(10), Duration.ofMillis(100)))
            .subscribe(
                "bus",
                TopicSubscription.to(
                    "orders",
                    String.class,
                    event -> {
                      heard.add(event.data());
                      return dev.inboard.pubsub.Outcome.SUCCESS;
                    }))
            .workflow(
                "wait", String.class, (context, n) -> context.event("go", String.class).await())
            .workflow(
                "pay",
                String.class,
                (context, n) ->
                    context
                        .call(
                            "charge",
                            n,
                            String.class,
                            CallOptions.DEFAULT
                                .withRetry(RetryPolicy.constant(5, Duration.ofMillis(10)))
                                .withAttemptTimeout(Duration.ofSeconds(3)))
                        .await())
            .transactionalActivity(
                "charge",
                String.class,
                (context, transaction, n) -> {
                  int attempt = attempts.incrementAndGet();
                  charge.get().run(transaction, attempt);
                  return "paid " + n;
                })
            .start();
  }

  @AfterEach
  void end() {
    inboard.close();
  }

  private void component(String name, String type, String database, String more)
      throws IOException {
    write(
        name,
        type,
        "  metadata:\n    - {name: connectionString, value: '"
            + WorkflowNode.at(postgres, database)
            + "'}\n"
            + more);
  }

  private void write(String name, String type, String metadata) throws IOException {
    Path resources = Files.createDirectories(folder.resolve("resources"));
    Files.writeString(
        resources.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
            + name
            + "}\nspec:\n  type: "
            + type
            + "\n  version: v1\n"
            + metadata);
  }

  private static void insert(Transaction transaction, int attempt) throws SQLException {
    transaction.state("orders"); // says which of the databases is meant
    Connection connection = transaction.unwrap(Connection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO own VALUES ('row')");
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void assertNothingHappened(String... ids) throws SQLException {
    assertThat(inboard.stateStore("orders").get("1", String.class)).isEmpty();
    assertThat(count("own")).isZero();
    for (String id : ids) {
      assertThat(inboard.workflows().find(id)).isEmpty();
    }
    if (count("pg_class WHERE relname = 'state_outbox'") > 0) {
      assertThat(count("state_outbox")).isZero();
    }
    assertThat(heard).isEmpty();
  }

  private void refused(ErrorCode code, String says, dev.inboard.TransactionBody<Exception> body) {
    assertThatThrownBy(() -> inboard.transaction(body))
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).as("%s", e).isEqualTo(code))
        .hasMessageContaining(says);
  }

  @Test
  @DisplayName("state, event, start, raised event and own statements take effect together")
  void everythingTogether() throws SQLException {
    inboard.workflows().start("wait", "", StartOptions.id("waiting"));
    inboard.transaction(
        tx -> {
          insert(tx, 1);
          tx.state("orders", StateChange.save("1", "one"), StateChange.event("1", "placed"));
          assertThat(tx.start("pay", "1", StartOptions.id("pay-1"))).isEqualTo("pay-1");
          tx.start("wait", "", StartOptions.id("new"));
          tx.raise("waiting", "go", "on");
          tx.raise("new", "go", "too");
          assertThat(inboard.workflows().find("pay-1")).isEmpty();
        });
    assertThat(inboard.stateStore("orders").get("1", String.class).orElseThrow().value())
        .isEqualTo("one");
    assertThat(inboard.workflows().run("waiting").await(String.class, PATIENCE)).isEqualTo("on");
    assertThat(inboard.workflows().run("new").await(String.class, PATIENCE)).isEqualTo("too");
    assertThat(inboard.workflows().run("pay-1").await(String.class, PATIENCE)).isEqualTo("paid 1");
    Awaitility.await().atMost(PATIENCE).until(() -> heard.contains("placed"));
    assertThat(count("own")).isEqualTo(2);
    assertThat(heard).containsExactly("placed");
  }

  @Test
  @DisplayName("an exception of the body undoes everything, and reaches the caller")
  void exceptionsUndo() throws SQLException {
    assertThatThrownBy(
            () ->
                inboard.transaction(
                    tx -> {
                      insert(tx, 1);
                      tx.state("orders", StateChange.save("1", "one"));
                      tx.start("pay", "1", StartOptions.id("pay-1"));
                      throw new IOException("changed my mind");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("changed my mind");
    assertNothingHappened("pay-1");
  }

  @Test
  @DisplayName("a wrong ETag, a taken id and a missing instance undo everything")
  void conflictsUndo() throws SQLException {
    inboard.stateStore("orders").save("2", "two"); // publishes nothing: events are of transactions
    refused(
        ErrorCode.ETAG_MISMATCH,
        "orders",
        tx -> {
          insert(tx, 1);
          tx.start("pay", "1", StartOptions.id("pay-1"));
          tx.state(
              "orders",
              StateChange.save("1", "one"),
              StateChange.save("2", "three", SaveOptions.ifMatch("1")));
        });
    assertNothingHappened("pay-1");
    inboard.workflows().start("wait", "", StartOptions.id("waiting"));
    refused(
        ErrorCode.CONFLICT,
        "waiting",
        tx -> {
          insert(tx, 1);
          tx.state("orders", StateChange.save("1", "one"));
          tx.start("pay", "1", StartOptions.id("pay-1"));
          tx.start("pay", "1", StartOptions.id("waiting"));
        });
    assertNothingHappened("pay-1");
    refused(
        ErrorCode.NOT_FOUND,
        "nobody",
        tx -> {
          insert(tx, 1);
          tx.state("orders", StateChange.save("1", "one"));
          tx.raise("nobody", "go", "on");
        });
    assertNothingHappened("nobody");
  }

  @Test
  @DisplayName("components that cannot take part, or lie elsewhere, are refused by name")
  void othersAreRefused() throws SQLException {
    refused(
        ErrorCode.UNSUPPORTED,
        "local (state.in-memory)",
        tx -> {
          tx.state("orders", StateChange.save("1", "one"));
          tx.state("local", StateChange.save("1", "one"));
        });
    refused(
        ErrorCode.UNSUPPORTED,
        "another database than orders (state.postgresql)",
        tx -> {
          tx.state("orders", StateChange.save("1", "one"));
          tx.state("elsewhere", StateChange.save("1", "one"));
        });
    refused(ErrorCode.INVALID_ARGUMENT, "several databases", tx -> tx.unwrap(Connection.class));
    refused(ErrorCode.NOT_FOUND, "order", tx -> tx.state("order", StateChange.save("1", "one")));
    assertNothingHappened();
  }

  @Test
  @DisplayName("nobody ends the transaction from within, and nobody uses it afterwards")
  void itsEndIsItsOwn() throws SQLException {
    AtomicReference<Transaction> kept = new AtomicReference<>();
    inboard.transaction(
        tx -> {
          kept.set(tx);
          tx.state("orders", List.of());
          Connection connection = tx.unwrap(Connection.class);
          connection.close();
          assertThatThrownBy(connection::commit).hasMessageContaining("throw an exception");
          assertThatThrownBy(connection::rollback).hasMessageContaining("throw an exception");
          assertThatThrownBy(() -> connection.setAutoCommit(true))
              .hasMessageContaining("throw an exception");
          insert(tx, 1);
        });
    assertThat(count("own")).isEqualTo(1);
    assertThatThrownBy(() -> kept.get().raise("x", "y", "z")).hasMessageContaining("has ended");
    execute("DELETE FROM own");
    refused(
        ErrorCode.INVALID_ARGUMENT,
        "has failed before",
        tx -> {
          tx.state("orders", StateChange.save("1", "one"));
          insert(tx, 1);
          try (Statement statement = tx.unwrap(Connection.class).createStatement()) {
            statement.execute("INSERT INTO nowhere VALUES (1)");
          } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("42P01"); // and is not told to anybody
          }
        });
    assertNothingHappened();
  }

  @Test
  @DisplayName("attempts that fail, stand still or lose the connection leave no effect")
  void onlyTheLastAttemptCounts() throws SQLException {
    CountDownLatch done = new CountDownLatch(1);
    charge.set(
        (transaction, attempt) -> {
          transaction.state("orders", StateChange.save("attempt", attempt));
          insert(transaction, attempt);
          if (attempt == 1) {
            throw new IOException("try again");
          } else if (attempt == 2) {
            try (Statement statement = transaction.unwrap(Connection.class).createStatement()) {
              statement.execute("SELECT pg_terminate_backend(pg_backend_pid())");
            }
          } else if (attempt == 3) {
            boolean interrupted = false;
            while (!interrupted) { // its time is over; it ends all the same as if all were well
              try {
                done.await();
              } catch (InterruptedException e) {
                interrupted = true;
              }
            }
          }
        });
    inboard.workflows().start("pay", "1", StartOptions.id("pay-1"));
    assertThat(inboard.workflows().run("pay-1").await(String.class, PATIENCE)).isEqualTo("paid 1");
    assertThat(attempts).hasValue(4);
    assertThat(count("own")).isEqualTo(1);
    assertThat(inboard.stateStore("orders").get("attempt", Integer.class).orElseThrow().value())
        .isEqualTo(4);
    assertThat(count("wf_step")).isEqualTo(1);
    inboard.workflows().purge("pay-1");
    assertThat(count("wf_step")).isZero();
  }
}
