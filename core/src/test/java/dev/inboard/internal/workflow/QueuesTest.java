package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.Workflows;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Activities that wait in a queue for whichever node listens. */
class QueuesTest extends EngineFixture {
  private static final CallOptions EMAILS = CallOptions.queue("emails");

  private TaskQueueWorkflowBackendDriver queues() {
    return (TaskQueueWorkflowBackendDriver) driver;
  }

  private List<QueueState> states() {
    return queues().queues().toCompletableFuture().join();
  }

  /** Registers a workflow that sends a mail through the queue. */
  private void sender(CallOptions options) {
    sender(registry, options);
  }

  private static Registry sender(Registry registry, CallOptions options) {
    return registry.workflow(
        "sender",
        "",
        String.class,
        (context, mail) -> context.call("send", mail, String.class, options).await());
  }

  /** Code that has the same workflow, and listens. */
  private static Registry listeningSender() {
    return sender(new Registry(), EMAILS)
        .activity("send", String.class, (context, mail) -> "sent " + mail)
        .queue("emails", QueueOptions.DEFAULT);
  }

  /** Registers a workflow that calls an activity through the queue many times at once. */
  private static Registry many(Registry registry) {
    return registry.workflow(
        "many",
        "",
        Integer.class,
        (context, count) -> {
          List<Task<Integer>> tasks = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            tasks.add(context.call("work", i, Integer.class, EMAILS.withPriority(-i)));
          }
          return Task.all(tasks).await().size();
        });
  }

  @Test
  @DisplayName("a node that listens runs what is queued, with the same key for every attempt")
  void listenerRuns() {
    List<String> keys = Collections.synchronizedList(new ArrayList<>());
    sender(EMAILS.withRetry(RetryPolicy.constant(3, Duration.ofSeconds(5))));
    registry
        .activity(
            "send",
            String.class,
            (context, mail) -> {
              keys.add(context.idempotencyKey() + " " + context.workflowId());
              if (context.attempt() < 3) {
                context.heartbeat("part " + context.attempt());
                throw new IllegalStateException("not yet");
              }
              return "sent " + mail + " after " + context.progress(String.class).orElse("nothing");
            })
        .queue("emails", QueueOptions.DEFAULT);
    WorkflowRun run = workflows().start("sender", "hello", StartOptions.id("a"));
    assertThat(result(run, String.class)).isEqualTo("sent hello after part 2");
    assertThat(keys).hasSize(3);
    assertThat(Collections.frequency(keys, keys.get(0))).isEqualTo(3);
    assertThat(keys.get(0)).endsWith(" a");
    assertThat(states()).isEmpty();
  }

  @Test
  @DisplayName("a queue keeps its limits for a node, and its priorities")
  void limitsAndPriorities() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    many(registry)
        .activity(
            "work",
            Integer.class,
            (context, n) -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              order.add(n);
              Thread.sleep(2);
              running.decrementAndGet();
              return n;
            })
        .queue("emails", QueueOptions.DEFAULT.withPerNode(1));
    assertThat(result(workflows().start("many", 20), Integer.class)).isEqualTo(20);
    assertThat(most.get()).isEqualTo(1);
    assertThat(order).isSortedAccordingTo(Collections.reverseOrder());
  }

  @Test
  @DisplayName("an instance that waits for a queue leaves memory, and is woken by the result")
  void waitingInstanceIsNotKept() {
    sender(EMAILS);
    WorkflowRun run = workflows().start("sender", "hello", StartOptions.id("a"));
    Awaitility.await().until(() -> !states().isEmpty());
    Workflows later = restart(listeningSender());
    assertThat(result(later.run(run.id()), String.class)).isEqualTo("sent hello");
  }

  @Test
  @DisplayName("the overall time limit counts although nobody listens")
  void timeoutCountsInQueue() {
    sender(EMAILS.withTimeout(Duration.ofHours(1)));
    WorkflowRun run = workflows().start("sender", "hello");
    assertThat(failure(run)).hasMessageContaining("not done in time");
    assertThat(states()).as("the task goes with its instance").isEmpty();
  }

  @Test
  @DisplayName("what ends with its instance is not run")
  void terminatedInstanceTakesTasksAlong() {
    sender(EMAILS);
    WorkflowRun run = workflows().start("sender", "hello", StartOptions.id("a"));
    Awaitility.await().until(() -> !states().isEmpty());
    workflows().terminate("a", "enough");
    assertThat(failure(run)).hasMessageContaining("enough");
    assertThat(states()).isEmpty();
  }

  @Test
  @DisplayName("an activity that this node does not have fails as any other")
  void unknownActivity() {
    sender(EMAILS);
    registry.queue("emails", QueueOptions.DEFAULT);
    assertThat(failure(workflows().start("sender", "hello")))
        .hasMessageContaining("no such activity");
  }

  @Test
  @DisplayName("a task that nodes keep losing fails in the end")
  void poisonousTaskFails() {
    options = options.withLimits(1_000, 1_000, 2);
    sender(EMAILS);
    workflows().start("sender", "hello", StartOptions.id("a"));
    Awaitility.await().until(() -> !states().isEmpty());
    QueueDemand demand = new QueueDemand("emails", 1, 0, 0, Duration.ZERO);
    for (int i = 0; i < 3; i++) {
      Node frail = new Node("frail" + i, Duration.ofMillis(1));
      assertThat(queues().claimTasks(frail, demand).toCompletableFuture().join().tasks())
          .hasSize(1);
      host.pass(Duration.ofMillis(5));
    }
    assertThat(failure(restart(listeningSender()).run("a"))).hasMessageContaining("3 nodes");
  }

  @Test
  @DisplayName(
      "a node that closes gives back what it has claimed and not begun, and what it cuts off")
  void drainGivesBack() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    options = options.withMaxActivities(1);
    many(registry)
        .activity(
            "work",
            Integer.class,
            (context, n) -> {
              begun.countDown();
              Thread.sleep(60_000);
              return n;
            })
        .queue("emails", QueueOptions.DEFAULT);
    workflows().start("many", 3, StartOptions.id("a"));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    Awaitility.await().until(() -> states().get(0).running() == 3);
    Registry other =
        many(new Registry())
            .activity("work", Integer.class, (context, n) -> n)
            .queue("emails", QueueOptions.DEFAULT);
    Workflows later = restart(other);
    assertThat(result(later.run("a"), Integer.class)).isEqualTo(3);
  }

  @Test
  @DisplayName("a queue that nobody listens to is reported, once")
  void unheardQueueIsReported() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Engine.class);
    log.start();
    logger.addAppender(log);
    try {
      options = options.withLease(Duration.ofSeconds(15), Duration.ofDays(10_000));
      sender(EMAILS);
      workflows().start("sender", "hello");
      Awaitility.await().until(() -> !states().isEmpty());
      host.pass(Duration.ofMinutes(5));
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .filteredOn(message -> message.contains("no node listens"))
          .singleElement()
          .asString()
          .contains("queue 'emails'", "activityQueue(\"emails\"");
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  @DisplayName("a backend without queues says so when a queue is used or listened to")
  void backendWithoutQueues() {
    WorkflowBackendDriver inner = driver;
    driver =
        (WorkflowBackendDriver)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {WorkflowBackendDriver.class},
                (self, method, arguments) -> method.invoke(inner, arguments));
    sender(EMAILS);
    assertThat(failure(workflows().start("sender", "hello")))
        .hasMessageContaining("UNSUPPORTED")
        .hasMessageContaining("workflowbackend.postgresql");
    Registry listening = new Registry().queue("emails", QueueOptions.DEFAULT);
    assertThatThrownBy(() -> restart(listening))
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
        .hasMessageContaining("[emails]");
  }

  @Test
  @DisplayName("a rerun queues anew what the instance had in a queue")
  void rerunQueuesAnew() {
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    registry
        .workflow(
            "two",
            "",
            String.class,
            (context, mail) -> {
              Task<String> first = context.call("send", "first", String.class, EMAILS);
              String second = context.call("send", "second", String.class).await();
              return first.await() + second;
            })
        .activity(
            "send",
            String.class,
            (context, mail) -> {
              sent.add(mail);
              return mail;
            })
        .queue("emails", QueueOptions.DEFAULT);
    result(workflows().start("two", "", StartOptions.id("a")), String.class);
    sent.clear();
    WorkflowRun again = workflows().rerun("a", 1, "b");
    assertThat(result(again, String.class)).isEqualTo("firstsecond");
    assertThat(sent).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  @DisplayName("without a queue nothing of this is asked of the backend")
  void nothingWithoutQueues() {
    CompletableFuture<?> used = new CompletableFuture<>();
    WorkflowBackendDriver inner = driver;
    driver =
        (WorkflowBackendDriver)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TaskQueueWorkflowBackendDriver.class},
                (self, method, arguments) -> {
                  if (method.getDeclaringClass() == TaskQueueWorkflowBackendDriver.class) {
                    used.completeExceptionally(new AssertionError(method.getName()));
                  }
                  return method.invoke(inner, arguments);
                });
    registry
        .workflow(
            "sender",
            "",
            String.class,
            (context, mail) -> context.call("send", mail, String.class).await())
        .activity("send", String.class, (context, mail) -> mail);
    options = options.withLease(Duration.ofSeconds(15), Duration.ofSeconds(1));
    result(workflows().start("sender", "hello"), String.class);
    host.pass(Duration.ofMinutes(5));
    assertThat(used).isNotDone();
  }
}
