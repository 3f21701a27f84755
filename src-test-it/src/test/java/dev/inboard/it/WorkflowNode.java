package dev.inboard.it;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.postgresql.PostgresWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** An engine on a PostgreSQL database, which it may share with others. */
final class WorkflowNode implements AutoCloseable {
  private final WorkflowBackendDriver driver;
  private final WorkflowEngine engine;
  private final AtomicBoolean closed = new AtomicBoolean();

  private WorkflowNode(WorkflowBackendDriver driver, WorkflowEngine engine) {
    this.driver = driver;
    this.engine = engine;
  }

  static String at(PostgresServer server, String database) {
    return "postgres://postgres@" + server.address() + "/" + database + "?sslmode=disable";
  }

  static WorkflowNode start(
      String database, Clock clock, Registry registry, WorkflowOptions options) {
    WorkflowBackendDriver driver =
        new PostgresWorkflowBackendProvider()
            .open(
                ComponentSpec.of(
                    "flows",
                    "workflowbackend.postgresql",
                    Map.of("connectionString", database, "timeout", "5s")));
    WorkflowEngine engine =
        new WorkflowEngine(
            "flows",
            () -> driver,
            new SystemHost(clock),
            registry,
            options,
            new CrashingProcess.Json(),
            "app");
    engine.start();
    return new WorkflowNode(driver, engine);
  }

  /**
   * Says a word, and goes on until this process is killed or asked to end, then closes the node.
   */
  static void runUntilEnded(Runnable close, String word) {
    Runtime.getRuntime().addShutdownHook(new Thread(close));
    System.out.println(word);
    while (true) {
      LockSupport.park();
    }
  }

  Workflows workflows() {
    return engine.workflows();
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
