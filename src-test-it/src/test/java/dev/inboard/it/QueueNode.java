package dev.inboard.it;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One of several nodes with a queue on one database. As a program it listens to the queue, says so,
 * and goes on until it is asked to end.
 */
final class QueueNode implements AutoCloseable {
  /** How many activities all nodes together may run at a time. */
  static final int LIMIT = 5;

  static final String LISTENS = "listens";

  private static final CallOptions QUEUED = CallOptions.queue("work");

  private final WorkflowNode node;

  private QueueNode(WorkflowNode node) {
    this.node = node;
  }

  /** Arguments: the connection string, and the URL for the effects. */
  public static void main(String[] arguments) {
    QueueNode node = start(arguments[0], arguments[1], true);
    WorkflowNode.runUntilEnded(node::close, LISTENS);
  }

  /** Runs a node that listens in a process of its own. */
  static JavaProcess launch(String database, String jdbcUrl) {
    return JavaProcess.start(List.of("-Xmx128m"), QueueNode.class, database, jdbcUrl);
  }

  /** Runs a node in this process. */
  static QueueNode start(String database, String jdbcUrl, boolean listens) {
    Registry registry =
        new Registry()
            .workflow(
                "spread",
                "",
                Integer.class,
                (context, tasks) -> {
                  List<Task<Integer>> all = new ArrayList<>();
                  for (int i = 0; i < tasks; i++) {
                    all.add(context.call("effect", i, Integer.class, QUEUED));
                  }
                  return Task.all(all).await().stream().mapToInt(Integer::intValue).sum();
                })
            .activity(
                "effect",
                Integer.class,
                (context, n) -> {
                  effect(jdbcUrl, context.idempotencyKey());
                  return 1;
                });
    if (listens) {
      registry.queue("work", QueueOptions.DEFAULT.withConcurrency(LIMIT).withPerNode(4));
    }
    return new QueueNode(
        WorkflowNode.start(
            database,
            Clock.systemUTC(),
            registry,
            WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(2), Duration.ofMillis(250))));
  }

  /** Leaves a row for each run, by the clock of the server. */
  private static void effect(String jdbcUrl, String key) throws SQLException, InterruptedException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        PreparedStatement begin =
            connection.prepareStatement(
                "INSERT INTO effect (key, began) VALUES (?, clock_timestamp()) RETURNING number");
        PreparedStatement end =
            connection.prepareStatement(
                "UPDATE effect SET ended = clock_timestamp() WHERE number = ?")) {
      begin.setString(1, key);
      try (var row = begin.executeQuery()) {
        row.next();
        end.setLong(1, row.getLong(1));
      }
      Thread.sleep(30);
      end.executeUpdate();
    }
  }

  Workflows workflows() {
    return node.workflows();
  }

  @Override
  public void close() {
    node.close();
  }
}
