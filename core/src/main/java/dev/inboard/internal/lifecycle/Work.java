package dev.inboard.internal.lifecycle;

import dev.inboard.internal.json.Json;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.resiliency.Resiliency;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.spi.Feature;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work between start and close: the building blocks, what comes in, and the threads that handle
 * it.
 */
final class Work {
  private static final Logger log = LoggerFactory.getLogger(Work.class);
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);
  private static final Duration OUTBOX_LIMIT = Duration.ofSeconds(5);
  private static final Duration ABORT_LIMIT = Duration.ofSeconds(2);

  private final ExecutorService handlers;
  private final ScheduledExecutorService timer;
  private final Resiliency resiliency;
  private final Facades facades;
  private final Intake intake;
  private final Outboxes outboxes;
  private final Transactions transactions;
  private final Checked checked;
  private final Settings settings;
  private final Components components;
  private final Waiting waiting;
  private final String threadPrefix;
  private final RuntimeContext context;
  private @Nullable WorkflowEngine workflows; // set before the runtime runs
  private @Nullable Replacement replacement; // set before the runtime runs
  private @Nullable HealthWatch watch; // set before the runtime runs

  /** Makes what needs no open component, which a start does while providers still load. */
  Work(
      Settings settings,
      Checked checked,
      Json json,
      Components components,
      Waiting waiting,
      String threadPrefix) {
    this.settings = settings;
    this.checked = checked;
    handlers = RuntimeThreads.handlers(threadPrefix);
    timer = RuntimeThreads.timer(threadPrefix);
    this.components = components;
    this.waiting = waiting;
    this.threadPrefix = threadPrefix;
    context =
        new RuntimeContext(
            checked.appId(),
            settings.environment().get("NAMESPACE"),
            settings.clock(),
            json,
            handlers,
            timer);
    resiliency = new Resiliency(new Later(timer), handlers);
    resiliency.apply(checked.resiliency(), checked.expressions());
    facades =
        new Facades(
            components,
            context,
            settings.codecs(),
            checked.configuration(),
            checked.expressions(),
            resiliency);
    intake = new Intake(components, facades, context, resiliency, waiting);
    outboxes =
        new Outboxes(components, facades, context, resiliency.later(), waiting, threadPrefix);
    transactions = new Transactions(components, facades, this::engine);
  }

  private @Nullable WorkflowEngine engine() {
    return workflows;
  }

  private @Nullable WorkflowEngine workflows(Components components, RuntimeContext context) {
    OpenedComponent<?> backend = components.only(Block.WORKFLOWS);
    if (backend == null) {
      return null;
    }
    WorkflowCode code = settings.workflows();
    if (!code.isPresent()) {
      log.warn("{} is open, but no workflow is registered; it is not used", backend.label());
      return null;
    }
    if (!backend.driver().features().contains(Feature.DURABLE)) {
      log.info("{} keeps workflows in memory: they end with this process", backend.label());
    } else if (backend.resource().origin().equals(EmbeddedDefaults.ORIGIN)) {
      log.info(
          "{}: no file names a workflow backend, so workflows are kept in {}, synced to disk with"
              + " each step",
          backend.label(),
          EmbeddedDefaults.databaseIn(settings.dataFolder()).toAbsolutePath());
    }
    return new WorkflowEngine(
        context,
        Facades.<WorkflowBackendDriver>as(backend),
        code.registry(),
        code.options(),
        settings.codecs().of(backend.spec().name(), new JsonCodec(context.json())));
  }

  /**
   * Makes the building blocks over the open components, and connects state stores with what
   * publishes their events. Nothing comes in yet.
   *
   * @throws dev.inboard.common.InboardException when one of them cannot have the outbox it asks for
   */
  void connect() {
    components.loadedPolicies(checked.resiliency().documents());
    facades.addAll();
    workflows = workflows(components, context);
    if (workflows != null) {
      workflows.transactions(transactions);
    }
    outboxes.connect();
  }

  /** Goes on with the workflows, then lets messages and events in. */
  void begin() {
    outboxes.begin();
    if (workflows != null) {
      waiting.await(workflows.startAsync(), JOIN_LIMIT, workflows.label(), "join");
    }
    intake.begin(checked.subscriptions(), settings.handlers().bindings());
  }

  private void moveWorkflows() {
    if (workflows != null) {
      waiting.await(workflows.moveAsync(), JOIN_LIMIT, workflows.label(), "join");
    }
  }

  /**
   * Lets components follow their secrets.
   *
   * @param atStart what the start read
   * @param closer closes the drivers that were replaced
   */
  void follow(SecretReader atStart, Closer closer) {
    replacement =
        new Replacement(
            new Opener(waiting, threadPrefix),
            intake,
            this::moveWorkflows,
            waiting,
            closer,
            settings.drainTimeout(),
            threadPrefix);
    Rotation rotation = new Rotation(components, checked.specs(), replacement, context, waiting);
    rotation.begin(atStart);
    Duration interval = settings.followInterval();
    if (interval != null && !settings.sources().isEmpty()) {
      new Reload(
              settings,
              checked,
              components,
              facades,
              intake,
              replacement,
              rotation,
              resiliency,
              context,
              waiting,
              interval)
          .begin();
    }
  }

  /** Lets the log say when a component is not ready any more, or ready again. */
  void watchHealth(HealthLog log, Duration interval) {
    watch = new HealthWatch(components, log, handlers, interval);
    watch.begin();
  }

  /** Returns what the application calls. */
  Facades facades() {
    return facades;
  }

  /** Returns what runs transactions over several components. */
  Transactions transactions() {
    return transactions;
  }

  /** Returns the client of the workflows, or null when there is no engine. */
  @Nullable Workflows workflows() {
    return workflows == null ? null : workflows.workflows();
  }

  /**
   * Takes nothing more in, waits for the handlers at work and then for what the workflows have
   * under way, both within the timeout, and ends all threads. Handlers that are not done in time
   * are interrupted; what they have not settled goes back to its broker.
   */
  void end(Duration drainTimeout) {
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    if (watch != null) {
      watch.stop();
    }
    if (replacement != null) {
      replacement.stop();
    }
    if (!intake.end(drainTimeout)) {
      log.warn(
          "handlers are still at work after {}; interrupting them", Waiting.text(drainTimeout));
      intake.abort();
      handlers.shutdownNow();
      intake.end(ABORT_LIMIT);
    }
    endWorkflows(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    outboxes.end(OUTBOX_LIMIT);
    resiliency.close();
    handlers.shutdownNow();
    timer.shutdownNow();
    if (replacement != null) {
      replacement.awaitRetired();
    }
    awaitThreads();
  }

  private void endWorkflows(Duration left) {
    if (workflows == null) {
      return;
    }
    if (!workflows.drain(left)) {
      log.warn(
          "{}: activities are still at work; interrupting them, they will be done again",
          workflows.label());
    }
    workflows.close();
  }

  private void awaitThreads() {
    try {
      if (!handlers.awaitTermination(ABORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.error(
            "handlers ignore their interrupt; their threads go on, but what they do has no effect"
                + " any more");
      }
      timer.awaitTermination(ABORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
