package dev.inboard.internal.workflow;

import dev.inboard.Codec;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workflow engine of one runtime: what the runtime starts, drains and closes. */
public final class WorkflowEngine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkflowEngine.class);
  private static final Duration STORE = Duration.ofSeconds(10);

  private final Engine engine;
  private final Client client;
  private final Host host;
  private boolean closed; // guarded by this

  /** Makes an engine that is not started. */
  public WorkflowEngine(
      RuntimeContext context,
      OpenedComponent<WorkflowBackendDriver> component,
      Registry registry,
      WorkflowOptions options,
      Codec codec) {
    this(
        component.label(),
        component::driver,
        new SystemHost(context.clock()),
        registry,
        options,
        codec,
        context.appId());
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      engine.observe(telemetry);
    }
  }

  /** Makes an engine from its parts. */
  public WorkflowEngine(
      String label,
      Supplier<WorkflowBackendDriver> driver,
      Host host,
      Registry registry,
      WorkflowOptions options,
      Codec codec,
      String appId) {
    this.host = host;
    ScheduleClient.register(registry, this::workflows);
    Rules rules =
        new Rules(registry, new Payloads(codec, options.maxPayload()), options.maxHistory());
    this.engine = new Engine(label, driver, host, options, rules, appId);
    this.client = new Client(engine);
  }

  /** Lets activities take part in transactions. Called before the start. */
  public void transactions(StepTransactions transactions) {
    engine.transactions(transactions);
  }

  /** Returns what a transaction with other components is told to do here. */
  public JointWork jointWork() {
    return new JointWork(engine, client);
  }

  /** Joins the backend and takes up what is to be done. Blocks until the backend has answered. */
  public void start() {
    Client.join(startAsync());
  }

  /** The same without blocking. */
  public CompletableFuture<Void> startAsync() {
    return engine.start();
  }

  /** Goes over to another driver of the same backend, which has been put in charge. */
  public CompletableFuture<Void> moveAsync() {
    return engine.join();
  }

  /** Returns what applications call. */
  public Workflows workflows() {
    return client;
  }

  /** Returns {@code name (type)} of the backend. */
  public String label() {
    return engine.label();
  }

  /**
   * Begins nothing more, and waits until what runs has ended.
   *
   * @return false when the time was over first; what then still runs is given up, and done again by
   *     whoever takes the instances over
   */
  public boolean drain(Duration timeout) {
    engine.drain();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!engine.isQuiet()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** Gives all instances back and ends every thread. Does not close the backend. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    engine.drain();
    engine.close();
    try {
      engine
          .driver()
          .leave(engine.node().id())
          .toCompletableFuture()
          .get(STORE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn(
          "{}: the workflows of this node could not be given back; others take them over when its lease ends",
          engine.label(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    host.close();
  }
}
