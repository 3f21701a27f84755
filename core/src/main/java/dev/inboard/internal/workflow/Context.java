package dev.inboard.internal.workflow;

import dev.inboard.TypeRef;
import dev.inboard.internal.workflow.HistoryEvent.ActivityScheduled;
import dev.inboard.internal.workflow.HistoryEvent.ChildScheduled;
import dev.inboard.internal.workflow.HistoryEvent.Request;
import dev.inboard.internal.workflow.HistoryEvent.StepCompleted;
import dev.inboard.internal.workflow.HistoryEvent.StepFailed;
import dev.inboard.internal.workflow.HistoryEvent.VersionChosen;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.ChildOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskFailedException;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The context of one generation: turns what the code asks for into requests. */
final class Context implements WorkflowContext {
  static final Logger LOG = LoggerFactory.getLogger(Workflow.class);

  private final Execution execution;
  private @Nullable Random random;
  private @Nullable Logger logger;
  private final Map<String, Integer> versions = new HashMap<>();

  Context(Execution execution) {
    this.execution = execution;
  }

  @Override
  public String workflowId() {
    return execution.definition().id();
  }

  @Override
  public String name() {
    return execution.definition().name();
  }

  @Override
  public int generation() {
    return execution.generation();
  }

  @Override
  public Instant now() {
    return Instant.ofEpochMilli(execution.now());
  }

  @Override
  public RandomGenerator random() {
    execution.checkThread();
    if (random == null) {
      int seed = Objects.hash(execution.definition().executionId(), execution.generation());
      random = new Random(seed * 0x9E3779B97F4A7C15L);
    }
    return random;
  }

  @Override
  public UUID newUuid() {
    byte[] bytes = new byte[16];
    random().nextBytes(bytes);
    return UUID.nameUUIDFromBytes(bytes);
  }

  @Override
  public boolean isReplaying() {
    return execution.isReplaying();
  }

  @Override
  public Logger logger() {
    if (logger == null) {
      logger = ReplayLogger.of(LOG, execution::isReplaying);
    }
    return logger;
  }

  @Override
  public <T extends @Nullable Object> Task<T> call(
      String activity, @Nullable Object input, Class<T> type, CallOptions options) {
    return schedule(activity, input, type, options);
  }

  @Override
  public <T extends @Nullable Object> Task<T> call(
      String activity, @Nullable Object input, TypeRef<T> type, CallOptions options) {
    return schedule(activity, input, type.type(), options);
  }

  private <T extends @Nullable Object> Task<T> schedule(
      String name, @Nullable Object input, Type type, CallOptions options) {
    if (options.queue() != null) {
      execution.site().checkQueues();
    }
    int number = execution.nextTask();
    byte[] bytes =
        execution.isReplaying()
            ? null
            : execution.payloads().encode(input, "input of activity '" + name + "'");
    ActivityScheduled scheduled =
        (ActivityScheduled) execution.request(new ActivityScheduled(number, name, bytes));
    ActivityTask<T> task =
        new ActivityTask<>(
            execution, number, name, scheduled.input(), options, type, execution.now());
    execution.add(task);
    return task;
  }

  @Override
  public <T> T activities(Class<T> type, CallOptions options) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.getName().equals("toString")
                    ? type.getName()
                    : method.invoke(this, arguments);
              }
              Object input = arguments == null ? null : arguments[0];
              return schedule(
                      ActivityInterface.nameOf(method),
                      input,
                      method.getGenericReturnType(),
                      options)
                  .await();
            });
    return type.cast(proxy);
  }

  @Override
  public void step(String name, Runnable work) {
    step(
        name,
        Void.class,
        () -> {
          work.run();
          return null;
        });
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the type was given with the work
  public <T extends @Nullable Object> T step(
      String name, Class<T> type, Callable<? extends T> work) {
    execution.beforeStep();
    int number = execution.nextTask();
    Request done = execution.request(doStep(number, name, work));
    String label = "step '" + name + "'";
    if (done instanceof StepFailed failed) {
      throw new TaskFailedException(label, failed.failure());
    }
    byte[] result = ((StepCompleted) done).result();
    return (T) execution.payloads().decode(result, type, "result of " + label);
  }

  private Request doStep(int number, String name, Callable<?> work) {
    if (execution.isReplaying()) {
      return new StepCompleted(number, name, null);
    }
    try {
      Object result = work.call();
      return new StepCompleted(
          number, name, execution.payloads().encode(result, "result of step '" + name + "'"));
    } catch (Unwind | Mismatch e) {
      throw e;
    } catch (Throwable e) {
      return new StepFailed(number, name, Failures.of(e));
    }
  }

  @Override
  public <T extends @Nullable Object> Task<T> child(
      String workflow, @Nullable Object input, Class<T> type, ChildOptions options) {
    int number = execution.nextTask();
    boolean replaying = execution.isReplaying();
    String id =
        options.id() != null
            ? options.id()
            : workflowId() + "/" + execution.generation() + "." + number;
    byte[] bytes =
        replaying
            ? null
            : execution.payloads().encode(input, "input of workflow '" + workflow + "'");
    ChildScheduled scheduled =
        (ChildScheduled) execution.request(new ChildScheduled(number, workflow, id, bytes));
    ChildTask<T> task =
        new ChildTask<>(
            execution,
            number,
            workflow,
            execution.latestVersion(workflow),
            scheduled.childId(),
            scheduled.input(),
            options.retry(),
            type);
    execution.add(task);
    if (!replaying) {
      execution.draft().start(Requests.child(execution, task));
    }
    return task;
  }

  @Override
  public void startDetached(String workflow, String id, @Nullable Object input) {
    int number = execution.nextTask();
    execution.request(new HistoryEvent.DetachedStarted(number, workflow, id));
    if (!execution.isReplaying()) {
      byte[] bytes = execution.payloads().encode(input, "input of workflow '" + workflow + "'");
      execution
          .draft()
          .start(
              Requests.detached(
                  execution, number, workflow, execution.latestVersion(workflow), id, bytes));
    }
  }

  @Override
  public Task<@Nullable Void> timer(Duration delay) {
    return execution.timer(execution.now() + delay.toMillis());
  }

  @Override
  public Task<@Nullable Void> timerAt(Instant time) {
    return execution.timer(time.toEpochMilli());
  }

  @Override
  public <T extends @Nullable Object> Task<T> event(String name, Class<T> type) {
    execution.checkThread();
    EventTask<T> task = new EventTask<>(execution, execution.inputs().events(), name, type);
    execution.inputs().events().await(name, task, execution.inputs().settled());
    return task;
  }

  @Override
  public void raise(String workflowId, String event, @Nullable Object payload) {
    int number = execution.nextTask();
    execution.request(new HistoryEvent.EventSent(number, event, workflowId));
    if (!execution.isReplaying()) {
      byte[] bytes = execution.payloads().encode(payload, "payload of event '" + event + "'");
      execution.draft().send(Requests.event(execution, number, workflowId, event, bytes));
    }
  }

  @Override
  public void setStatus(@Nullable Object status) {
    execution.customStatus(execution.payloads().encode(status, "custom status"));
  }

  @Override
  public void compensate(Runnable undo) {
    execution.checkThread();
    execution.code().compensateWith(undo);
  }

  @Override
  public int version(String change, int min, int max) {
    execution.checkThread();
    Integer known = versions.get(change);
    int version = known != null ? known : chooseVersion(change, min, max);
    versions.put(change, version);
    if (version < min || version > max) {
      throw execution.stall(
          "it passed the change '%s' at version %d, but the code knows %d to %d"
              .formatted(change, version, min, max));
    }
    return version;
  }

  private int chooseVersion(String change, int min, int max) {
    VersionChosen choice = new VersionChosen(-1, change, max);
    if (!execution.isReplaying()) {
      return ((VersionChosen) execution.request(choice)).version();
    }
    boolean chosen =
        execution.expected() instanceof VersionChosen next && next.name().equals(change);
    return chosen ? ((VersionChosen) execution.request(choice)).version() : min;
  }

  @Override
  public boolean isCancelRequested() {
    return execution.inputs().isCancelRequested();
  }

  @Override
  public int historyLength() {
    return execution.historyLength();
  }

  @Override
  public boolean isContinueAsNewSuggested() {
    return execution.isHistoryLong();
  }

  @Override
  public RuntimeException continueAsNew(@Nullable Object input) {
    execution.checkThread();
    throw new ContinueAsNew(
        execution.payloads().encode(input, "input of workflow '" + name() + "'"));
  }

  @Override
  public String toString() {
    return "WorkflowContext[" + workflowId() + "]";
  }
}
