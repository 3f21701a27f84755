package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.ReusePolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowRun;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How instances are started, and what is done when their id is taken. */
@SuppressWarnings("FutureReturnValueIgnored") // a future of a future is opened at once
final class Starts {
  private final Engine engine;

  Starts(Engine engine) {
    this.engine = engine;
  }

  /** Starts an instance; completes when it is stored. */
  CompletableFuture<WorkflowRun> start(
      String workflow, @Nullable Object input, StartOptions options) {
    return start(definition(workflow, input, options), options);
  }

  private InstanceDefinition definition(
      String workflow, @Nullable Object input, StartOptions options) {
    String operation = "start workflow '" + workflow + "'";
    engine.checkOpen(operation);
    RegisteredWorkflow registered = registered(workflow, options, operation);
    byte[] bytes = engine.rules().payloads().encode(input, "input of workflow '" + workflow + "'");
    return definition(registered, bytes, options);
  }

  /** Makes an instance for whoever claims it. */
  Creation creation(String workflow, @Nullable Object input, StartOptions options) {
    StartOptions traced = engine.tracing().traced(workflow, options);
    return new Creation(definition(workflow, input, traced), stored(options.reuse()), null, null);
  }

  private RegisteredWorkflow registered(String name, StartOptions options, String operation) {
    Registry registry = engine.rules().registry();
    RegisteredWorkflow found =
        options.version() == null ? registry.latest(name) : registry.find(name, options.version());
    if (found == null) {
      String reason =
          registry.versions(name).isEmpty()
              ? "no such workflow is registered; registered are " + registry.workflowNames()
              : "there is no version '"
                  + options.version()
                  + "'; registered versions are "
                  + registry.versions(name);
      throw new InboardException(ErrorCode.NOT_FOUND, engine.label(), operation, reason);
    }
    return found;
  }

  private InstanceDefinition definition(
      RegisteredWorkflow workflow, byte @Nullable [] input, StartOptions options) {
    Instant now = Instant.ofEpochMilli(engine.host().now());
    Instant startAt = options.startAt() != null ? options.startAt() : now;
    startAt = options.delay() == null ? startAt : now.plus(options.delay());
    if (options.id() != null && options.id().isEmpty()) {
      throw new IllegalArgumentException("the id of a workflow cannot be empty");
    }
    return new InstanceDefinition(
        options.id() == null ? engine.host().newId() : options.id(),
        workflow.name(),
        workflow.version(),
        engine.host().newId(),
        input,
        null,
        options.tags(),
        now,
        Instant.ofEpochMilli(startAt.toEpochMilli()));
  }

  private CompletableFuture<WorkflowRun> start(
      InstanceDefinition definition, StartOptions options) {
    Reuse reuse = stored(options.reuse());
    if (definition.startAt().isAfter(definition.createdAt())) {
      return engine
          .call(engine.driver().create(new Creation(definition, reuse, null, null)))
          .thenCompose(
              outcome -> {
                engine.claimSoon();
                return decide(outcome.created(), outcome.record(), definition, options);
              });
    }
    Instance instance = Instance.unborn(engine, definition, reuse);
    Instance existing = engine.instances().keep(instance);
    if (existing != null) {
      return existing
          .born()
          .handle((outcome, error) -> engine.call(engine.driver().get(definition.id())))
          .thenCompose(found -> found)
          .thenCompose(
              found ->
                  found.isEmpty() || found.get().status().isFinished()
                      ? createDirectly(definition, reuse, options)
                      : decide(false, found.get(), definition, options));
    }
    instance.loading.beginNew();
    return instance
        .born()
        .thenCompose(outcome -> decide(outcome.created(), outcome.record(), definition, options));
  }

  private static Reuse stored(ReusePolicy policy) {
    return switch (policy) {
      case ALLOW -> Reuse.ALLOW;
      case ALLOW_IF_NOT_COMPLETED -> Reuse.ALLOW_IF_NOT_COMPLETED;
      case REJECT, USE_EXISTING -> Reuse.REJECT;
    };
  }

  private CompletableFuture<WorkflowRun> createDirectly(
      InstanceDefinition definition, Reuse reuse, StartOptions options) {
    return engine
        .call(engine.driver().create(new Creation(definition, reuse, null, null)))
        .thenCompose(
            outcome -> {
              engine.claimSoon();
              return decide(outcome.created(), outcome.record(), definition, options);
            });
  }

  private CompletableFuture<WorkflowRun> decide(
      boolean created, InstanceRecord stored, InstanceDefinition wanted, StartOptions options) {
    String id = wanted.id();
    if (created) {
      return CompletableFuture.completedFuture(new Run(engine, id));
    }
    boolean finished = stored.status().isFinished();
    if (mayServe(finished, options)) {
      return CompletableFuture.completedFuture(new Run(engine, id));
    }
    String operation = "start workflow '" + wanted.name() + "'";
    if (!finished && options.conflict() == ConflictPolicy.TERMINATE_EXISTING) {
      return engine
          .post()
          .send(
              operation,
              id,
              new HistoryEvent.Terminated("another one was started"),
              engine.host().newId())
          .exceptionally(error -> null) // it may have finished meanwhile, which is as good
          .thenCompose(sent -> engine.waiters().await(id))
          .thenCompose(ended -> start(wanted, options));
    }
    return CompletableFuture.failedFuture(taken(stored, wanted));
  }

  private InboardException taken(InstanceRecord stored, InstanceDefinition wanted) {
    String reason =
        stored.status().isFinished()
            ? "the id '" + wanted.id() + "' was used by an instance that ended " + stored.status()
            : "the id '" + wanted.id() + "' belongs to an instance that is " + stored.status();
    return new InboardException(
        ErrorCode.CONFLICT, engine.label(), "start workflow '" + wanted.name() + "'", reason);
  }

  /** Throws when an instance that is wanted was not created, and another will not do. */
  void check(CreateOutcome outcome, InstanceDefinition wanted, StartOptions options) {
    InstanceRecord stored = outcome.record();
    if (!outcome.created() && !mayServe(stored.status().isFinished(), options)) {
      throw taken(stored, wanted);
    }
  }

  private static boolean mayServe(boolean finished, StartOptions options) {
    return finished
        ? options.reuse() == ReusePolicy.USE_EXISTING
        : options.conflict() == ConflictPolicy.USE_EXISTING;
  }
}
