package dev.inboard.internal.workflow;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowFailedException;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** An engine on a backend in memory, in virtual time. */
abstract class EngineFixture {
  static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  final Registry registry = new Registry();
  VirtualHost host = new VirtualHost(START, 1, evictPercent());
  WorkflowBackendDriver driver = openDriver();
  WorkflowOptions options =
      WorkflowOptions.DEFAULT.withLease(Duration.ofDays(30_000), Duration.ofDays(10_000));
  private WorkflowEngine engine;

  int evictPercent() {
    return 0;
  }

  private WorkflowBackendDriver openDriver() {
    return new InMemoryWorkflowBackendProvider()
        .open(
            new ComponentSpec(
                "flows",
                "workflowbackend.in-memory",
                "v1",
                "app",
                "default",
                Map.of(),
                VirtualHost.clock(() -> host.now())));
  }

  /** Starts the engine at the first call. */
  Workflows workflows() {
    if (engine == null) {
      engine =
          new WorkflowEngine(
              "flows (workflowbackend.in-memory)",
              () -> driver,
              host,
              registry,
              options,
              new JsonCodec(new ObjectMapper()),
              "app");
      engine.start();
    }
    return engine.workflows();
  }

  /** Ends the engine, and starts one with other code on the same backend. */
  Workflows restart(Registry code) {
    engine.close();
    Instant now = host.clock().instant();
    host = new VirtualHost(now, 2, evictPercent());
    engine =
        new WorkflowEngine(
            "flows (workflowbackend.in-memory)",
            () -> driver,
            host,
            code,
            options,
            new JsonCodec(new ObjectMapper()),
            "app");
    engine.start();
    return engine.workflows();
  }

  /** Lets time pass until an instance has ended, and returns its result. */
  <T> T result(WorkflowRun run, Class<T> type) {
    CompletableFuture<T> result = run.result(type);
    host.passUntil(result);
    return run.await(type, Duration.ofSeconds(20));
  }

  WorkflowFailedException failure(WorkflowRun run) {
    try {
      result(run, Object.class);
    } catch (WorkflowFailedException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
    driver.close();
  }
}
