package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.workflow.HistoryEntry;
import dev.inboard.workflow.Schedules;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowPage;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.Workflows;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What applications call. */
@SuppressWarnings("FutureReturnValueIgnored") // a future of a future is opened at once
final class Client implements Workflows {
  private static final int PURGE_CHUNK = 500;

  private final Engine engine;
  private final Starts starts;

  Client(Engine engine) {
    this.engine = engine;
    this.starts = new Starts(engine);
  }

  Starts starts() {
    return starts;
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
        .start(workflow, options, traced -> starts.start(workflow, input, traced));
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
    join(raiseAsync(id, event, payload, engine.host().newId()));
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
    String messageId = engine.host().newId();
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
            () ->
                join(
                    engine
                        .post()
                        .send(verb + " workflow '" + id + "'", id, event, engine.host().newId())));
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
              newId == null ? engine.host().newId() : newId,
              engine.host().newId(),
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
