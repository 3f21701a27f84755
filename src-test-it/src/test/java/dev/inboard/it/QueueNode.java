package dev.inboard.it;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.postgresql.PostgresWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One of several nodes with a queue on one database. As a program it listens to the queue, says so,
 * and goes on until it is ended or its parent is gone.
 */
final class QueueNode implements AutoCloseable {
  /** How many activities all nodes together may run at a time. */
  static final int LIMIT = 5;

  private static final CallOptions QUEUED = CallOptions.queue("work");

  private final WorkflowBackendDriver driver;
  private final WorkflowEngine engine;

  private QueueNode(WorkflowBackendDriver driver, WorkflowEngine engine) {
    this.driver = driver;
    this.engine = engine;
  }

  /** Arguments: the connection string, and the URL for the effects. */
  public static void main(String[] arguments) throws IOException {
    QueueNode node = start(arguments[0], arguments[1], true);
    System.out.println("listens");
    int end = System.in.read(); // returns when the parent is gone, or wants a clean end
    if (end >= 0) {
      node.close();
    }
    Runtime.getRuntime().halt(0);
  }

  /** Runs a node that listens in a process of its own. */
  static Process launch(String database, String jdbcUrl) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(QueueNode.class.getName());
    command.addAll(List.of(database, jdbcUrl));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Runs a node in this process. */
  static QueueNode start(String database, String jdbcUrl, boolean listens) {
    WorkflowBackendDriver driver =
        new PostgresWorkflowBackendProvider()
            .open(
                ComponentSpec.of(
                    "flows",
                    "workflowbackend.postgresql",
                    Map.of("connectionString", database, "timeout", "5s")));
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
    WorkflowEngine engine =
        new WorkflowEngine(
            "flows",
            () -> driver,
            new SystemHost(Clock.systemUTC()),
            registry,
            WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(2), Duration.ofMillis(250)),
            new CrashingProcess.Json(),
            "app");
    engine.start();
    return new QueueNode(driver, engine);
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
    return engine.workflows();
  }

  @Override
  public void close() {
    engine.drain(Duration.ofSeconds(10));
    engine.close();
    driver.close();
  }
}
