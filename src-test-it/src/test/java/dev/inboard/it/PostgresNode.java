package dev.inboard.it;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.postgresql.PostgresWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.HistoryEntry;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One of several nodes that run workflows on one database. As a program it starts instances, says
 * so, and goes on until it is ended or its parent is gone.
 */
final class PostgresNode implements AutoCloseable {
  private final WorkflowBackendDriver driver;
  private final WorkflowEngine engine;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PostgresNode(WorkflowBackendDriver driver, WorkflowEngine engine) {
    this.driver = driver;
    this.engine = engine;
  }

  /** Arguments: the connection string, what ids begin with, and how many instances to start. */
  public static void main(String[] arguments) throws IOException {
    PostgresNode node = start(arguments[0], Clock.systemUTC());
    node.startMany(arguments[1], Integer.parseInt(arguments[2]));
    System.out.println("started");
    int end = System.in.read(); // returns when the parent is gone, or wants a clean end
    if (end >= 0) {
      node.close();
    }
    Runtime.getRuntime().halt(0);
  }

  /** Runs a node in a process of its own. */
  static Process launch(String database, String ids, int instances) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Xss256k"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PostgresNode.class.getName());
    command.addAll(List.of(database, ids, String.valueOf(instances)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  static String at(PostgresServer server, String database) {
    return "postgres://postgres@" + server.address() + "/" + database + "?sslmode=disable";
  }

  /** Runs a node in this process. */
  static PostgresNode start(String database, Clock clock) {
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
                "order",
                "",
                Integer.class,
                (context, n) -> {
                  int one = context.call("inc", n, Integer.class).await();
                  context.sleep(Duration.ofMillis(1_500));
                  int two = context.call("inc", one, Integer.class).await();
                  return context.child("double", two, Integer.class).await();
                })
            .workflow("double", "", Integer.class, (context, n) -> n * 2)
            .activity("inc", Integer.class, (context, n) -> n + 1);
    WorkflowEngine engine =
        new WorkflowEngine(
            "flows",
            () -> driver,
            new SystemHost(clock),
            registry,
            WorkflowOptions.DEFAULT
                .withMaxInMemory(1_500)
                .withLease(Duration.ofSeconds(3), Duration.ofMillis(250)),
            new CrashingProcess.Json(),
            "app");
    engine.start();
    return new PostgresNode(driver, engine);
  }

  Workflows workflows() {
    return engine.workflows();
  }

  void startMany(String ids, int instances) {
    for (int i = 0; i < instances; i++) {
      workflows().start("order", i, StartOptions.id(ids + i));
    }
  }

  /** Waits until an instance has its result, which is checked, and checks its history. */
  String outcome(String id, int input, Duration patience) {
    Integer result = workflows().run(id).await(Integer.class, patience);
    List<String> answers =
        workflows().history(id).stream()
            .filter(
                entry -> entry.kind().endsWith("Completed") || entry.kind().equals("TimerFired"))
            .map(HistoryEntry::task)
            .map(String::valueOf)
            .sorted()
            .toList();
    boolean right = Integer.valueOf((input + 2) * 2).equals(result);
    return (right ? "right" : "wrong result " + result) + ", steps " + answers;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      engine.drain(Duration.ofSeconds(10));
      engine.close();
      driver.close();
    }
  }
}
