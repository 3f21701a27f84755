package dev.inboard.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.inboard.Codec;
import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.Replay;
import dev.inboard.internal.workflow.VirtualHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.Activity;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.Workflows;
import java.lang.reflect.Type;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A workflow engine in memory whose time stands still until the test lets it pass. A workflow that
 * takes a month is tested in milliseconds.
 *
 * <p>Register workflows and activities first; the engine starts with the first call of {@link
 * #workflows}. Used by one thread.
 */
public final class WorkflowTestRuntime implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final WorkflowOptions OPTIONS =
      WorkflowOptions.DEFAULT.withLease(Duration.ofDays(30_000), Duration.ofDays(10_000));

  private final Registry registry = new Registry();
  private final VirtualHost host;
  private final WorkflowBackendDriver driver;
  private final Faults faults = new Faults();
  private final BackendFaults backendFaults = new BackendFaults();
  private final Codec codec = new Json(JsonMapper.builder().findAndAddModules().build());
  private @Nullable WorkflowEngine engine;

  private WorkflowTestRuntime(int evictPercent, long seed) {
    host = new VirtualHost(Instant.parse("2026-01-01T00:00:00Z"), seed, evictPercent);
    WorkflowBackendDriver memory =
        new InMemoryWorkflowBackendProvider()
            .open(
                new ComponentSpec(
                    "workflows",
                    "workflowbackend.in-memory",
                    "v1",
                    "test",
                    "default",
                    Map.of(),
                    host.clock()));
    driver = backendFaults.around((TaskQueueWorkflowBackendDriver) memory);
  }

  /** Makes a runtime. */
  public static WorkflowTestRuntime create() {
    return new WorkflowTestRuntime(0, 1);
  }

  /**
   * Makes a runtime that throws instances out of memory at random when they come to rest, so that
   * their code is replayed again and again. What passes here is deterministic.
   */
  public static WorkflowTestRuntime withRandomEviction(long seed) {
    return new WorkflowTestRuntime(50, seed);
  }

  /** Registers a workflow class. */
  public WorkflowTestRuntime workflow(String name, Class<? extends Workflow<?, ?>> type) {
    registry.workflow(name, type);
    return this;
  }

  /** Registers a workflow given as a lambda. */
  public <I> WorkflowTestRuntime workflow(String name, Class<I> inputType, Workflow<I, ?> code) {
    registry.workflow(name, "", inputType, code);
    return this;
  }

  /** Registers a version of a workflow class; new instances get the one registered last. */
  public WorkflowTestRuntime workflow(
      String name, String version, Class<? extends Workflow<?, ?>> type) {
    registry.workflow(name, version, type);
    return this;
  }

  /** Registers a workflow object, which all runs share. */
  public WorkflowTestRuntime workflow(String name, Workflow<?, ?> workflow) {
    registry.workflow(name, "", workflow);
    return this;
  }

  /** Registers an activity, or what stands in for it in this test. */
  public <I> WorkflowTestRuntime activity(
      String name, Class<I> inputType, Activity<I, ?> activity) {
    registry.activity(name, inputType, faults.around(name, activity));
    return this;
  }

  /** Registers the methods of an interface as activities. */
  public <T> WorkflowTestRuntime activities(Class<T> type, T implementation) {
    registry.activities(type, implementation);
    return this;
  }

  /** Listens to a queue of activities. Without this, what is called on it waits for ever. */
  public WorkflowTestRuntime activityQueue(String name, QueueOptions options) {
    registry.queue(name, options);
    return this;
  }

  /** Returns what makes activities fail on purpose. */
  public Faults faults() {
    return faults;
  }

  /** Returns what makes the store fail on purpose. */
  public BackendFaults backendFaults() {
    return backendFaults;
  }

  /** Returns what applications call. */
  public Workflows workflows() {
    WorkflowEngine started = engine;
    if (started == null) {
      started =
          new WorkflowEngine(
              "workflows (workflowbackend.in-memory)",
              () -> driver,
              host,
              registry,
              OPTIONS,
              codec,
              "test");
      started.start();
      engine = started;
    }
    return started.workflows();
  }

  /** Returns the time of the workflows. */
  public Clock clock() {
    return host.clock();
  }

  /** Lets time pass. Everything that is due meanwhile happens, in order, before this returns. */
  public void passTime(Duration duration) {
    host.pass(duration);
  }

  /**
   * Lets time pass until an instance has ended, and returns its result.
   *
   * @throws dev.inboard.workflow.WorkflowFailedException when it ended without one
   * @throws dev.inboard.common.InboardException {@code TIMEOUT} when it waits for something that
   *     time alone does not bring
   */
  public <T> @Nullable T result(WorkflowRun run, Class<T> type) {
    CompletableFuture<@Nullable T> result = run.result(type);
    boolean done = host.passUntil(result);
    return run.await(type, done ? PATIENCE : Duration.ofMillis(1));
  }

  /** Starts an instance, lets time pass until it has ended, and returns its result. */
  public <T> @Nullable T run(String workflow, @Nullable Object input, Class<T> type) {
    return result(workflows().start(workflow, input), type);
  }

  /**
   * Runs the registered code over an instance that was saved with {@link Workflows#export}.
   *
   * @return what does not fit, or empty when the code can go on with such instances
   */
  public Optional<String> replay(byte[] export) {
    return Replay.of(export, registry, codec);
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
    driver.close();
  }

  private record Json(ObjectMapper mapper) implements Codec {
    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public byte[] encode(Object value) throws Exception {
      return mapper.writeValueAsBytes(value);
    }

    @Override
    public Object decode(byte[] bytes, Type type) throws Exception {
      return mapper.readValue(bytes, mapper.constructType(type));
    }
  }
}
