package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.HistoryEntry;
import dev.inboard.workflow.ReusePolicy;
import dev.inboard.workflow.Schedules;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowPage;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.Workflows;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What applications call. */
@SuppressWarnings("FutureReturnValueIgnored") // a future of a future is opened at once
final class Client implements Workflows {
  private static final int PURGE_CHUNK = 500;

  private final Engine engine;

  Client(Engine engine) {
    this.engine = engine;
  }

  // ---- starting

  @Override
  public WorkflowRun start(String workflow, @Nullable Object input, StartOptions options) {
    return join(startAsync(workflow, input, options));
  }

  @Override
  public CompletableFuture<WorkflowRun> startAsync(
      String workflow, @Nullable Object input, StartOptions options) {
    return engine
        .tracing()
        .start(workflow, options, traced -> start(definition(workflow, input, traced), traced));
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
        options.id() == null ? newId() : options.id(),
        workflow.name(),
        workflow.version(),
        newId(),
        input,
        null,
        options.tags(),
        now,
        Instant.ofEpochMilli(startAt.toEpochMilli()));
  }

  private String newId() {
    return new UUID(engine.host().random(), engine.host().random()).toString();
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
    Instance existing = engine.keep(instance);
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
          .send(operation, id, new HistoryEvent.Terminated("another one was started"), newId())
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

  @Override
  public WorkflowRun run(String id) {
    return new Run(engine, id);
  }

  // ---- looking

  @Override
  public Optional<WorkflowSnapshot> find(String id) {
    return engine
        .tracing()
        .call("get", () -> join(engine.call(engine.driver().get(id))).map(this::snapshot));
  }

  private WorkflowSnapshot snapshot(InstanceRecord record) {
    return new Snapshot(record, engine.rules().payloads());
  }

  @Override
  public WorkflowPage list(WorkflowFilter filter, @Nullable String page, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size is " + size + ", but must be at least 1");
    }
    InstancePage found = join(engine.call(engine.driver().list(stored(filter), page, size)));
    return new WorkflowPage(found.instances().stream().map(this::snapshot).toList(), found.next());
  }

  @Override
  public long count(WorkflowFilter filter) {
    return join(engine.call(engine.driver().count(stored(filter))));
  }

  private static InstanceFilter stored(WorkflowFilter filter) {
    return new InstanceFilter(
        filter.statuses().stream()
            .map(status -> InstanceStatus.valueOf(status.name()))
            .collect(Collectors.toUnmodifiableSet()),
        filter.name(),
        filter.idPrefix(),
        filter.parentId(),
        filter.createdFrom(),
        filter.createdBefore(),
        null,
        filter.tags());
  }

  @Override
  public List<HistoryEntry> history(String id) {
    return HistoryView.of(load(id, "read the history of").history());
  }

  @Override
  public byte[] export(String id) {
    return Export.write(load(id, "export"));
  }

  private StoredInstance load(String id, String operation) {
    return join(engine.call(engine.driver().load(id)))
        .orElseThrow(() -> engine.notFound(operation + " workflow '" + id + "'"));
  }

  // ---- telling

  @Override
  public void raise(String id, String event, @Nullable Object payload) {
    join(raiseAsync(id, event, payload, newId()));
  }

  @Override
  public void raise(String id, String event, @Nullable Object payload, String messageId) {
    join(raiseAsync(id, event, payload, messageId));
  }

  @Override
  public CompletableFuture<Void> raiseAsync(
      String id, String event, @Nullable Object payload, String messageId) {
    return engine
        .tracing()
        .callAsync(
            "raise",
            () ->
                engine
                    .post()
                    .send(
                        "raise event '" + event + "' in workflow '" + id + "'",
                        id,
                        raised(event, payload, messageId),
                        messageId));
  }

  private HistoryEvent.EventRaised raised(
      String event, @Nullable Object payload, String messageId) {
    byte[] bytes = engine.rules().payloads().encode(payload, "payload of event '" + event + "'");
    return new HistoryEvent.EventRaised(event, bytes, messageId);
  }

  /** Makes the message that raises an event. */
  Message message(String id, String event, @Nullable Object payload) {
    String messageId = newId();
    return new Message(id, messageId, Envelope.toAny(raised(event, payload, messageId)).encode());
  }

  @Override
  public void suspend(String id) {
    tell("suspend", id, new HistoryEvent.Suspended());
  }

  @Override
  public void resume(String id) {
    tell("resume", id, new HistoryEvent.Resumed());
  }

  @Override
  public void cancel(String id, String reason) {
    tell("cancel", id, new HistoryEvent.CancelRequested(reason));
  }

  @Override
  public void terminate(String id, String reason) {
    tell("terminate", id, new HistoryEvent.Terminated(reason));
  }

  private void tell(String verb, String id, HistoryEvent.Input event) {
    engine
        .tracing()
        .call(
            verb,
            () -> join(engine.post().send(verb + " workflow '" + id + "'", id, event, newId())));
  }

  // ---- deleting, running again

  @Override
  public void purge(String id) {
    String operation = "purge workflow '" + id + "'";
    PurgeOutcome outcome =
        engine.tracing().call("purge", () -> join(engine.call(engine.driver().purge(id, false))));
    if (outcome == PurgeOutcome.NOT_FOUND) {
      throw engine.notFound(operation);
    } else if (outcome == PurgeOutcome.NOT_FINISHED) {
      throw new InboardException(
          ErrorCode.CONFLICT, engine.label(), operation, "it has not finished; terminate it first");
    }
    purgeChildren(id);
  }

  private void purgeChildren(String id) {
    String page = null;
    do {
      WorkflowPage children = list(WorkflowFilter.ALL.withParent(id), page, PURGE_CHUNK);
      for (WorkflowSnapshot child : children.instances()) {
        if (child.status().isFinished()) {
          join(engine.call(engine.driver().purge(child.id(), false)));
          purgeChildren(child.id());
        }
      }
      page = children.next();
    } while (page != null);
  }

  @Override
  public int purge(WorkflowFilter filter) {
    int total = 0;
    int purged;
    do {
      purged = join(engine.call(engine.driver().purge(stored(filter), PURGE_CHUNK)));
      total += purged;
    } while (purged == PURGE_CHUNK);
    return total;
  }

  @Override
  public WorkflowRun rerun(String id, int task, @Nullable String newId) {
    return rerun(id, task, newId, null);
  }

  @Override
  public WorkflowRun rerunWithInput(
      String id, int task, @Nullable String newId, @Nullable Object input) {
    byte[] bytes = engine.rules().payloads().encode(input, "input of step " + task);
    return rerun(id, task, newId, new HistoryEvent.Replacement(task, bytes));
  }

  private WorkflowRun rerun(
      String id, int task, @Nullable String newId, HistoryEvent.@Nullable Replacement replacement) {
    String operation = "rerun workflow '" + id + "' from step " + task;
    engine.checkOpen(operation);
    StoredInstance source = load(id, "rerun");
    Creation creation;
    try {
      creation =
          Rerun.of(
              source,
              task,
              replacement,
              newId == null ? newId() : newId,
              newId(),
              engine.host().now());
    } catch (IllegalArgumentException e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, engine.label(), operation, String.valueOf(e.getMessage()), e);
    }
    boolean created = join(engine.call(engine.driver().create(creation))).created();
    if (!created) {
      throw new InboardException(
          ErrorCode.CONFLICT,
          engine.label(),
          operation,
          "the id '" + creation.definition().id() + "' is taken");
    }
    engine.claimSoon();
    return new Run(engine, creation.definition().id());
  }

  @Override
  public Schedules schedules() {
    return new ScheduleClient(this, engine);
  }

  // ---- waiting

  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InboardException(
          ErrorCode.CANCELLED, null, "wait for the workflow engine", "interrupted", e);
    } catch (ExecutionException e) {
      throw rethrow(e.getCause());
    }
  }

  static RuntimeException rethrow(@Nullable Throwable cause) {
    Throwable thrown = cause == null ? new IllegalStateException("no cause") : Engine.unwrap(cause);
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException known
        ? known
        : new InboardException(
            ErrorCode.INTERNAL, null, "workflow", String.valueOf(thrown.getMessage()), thrown);
  }
}
