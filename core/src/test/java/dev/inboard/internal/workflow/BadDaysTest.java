package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFailedException;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Bad input and bad code, on real threads in real time. */
@SuppressWarnings("FutureReturnValueIgnored") // one start is never awaited, on purpose
class BadDaysTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Logger ENGINE_LOG = (Logger) LoggerFactory.getLogger(Engine.class);

  private final WorkflowBackendDriver driver =
      new InMemoryWorkflowBackendProvider()
          .open(ComponentSpec.of("flows", "workflowbackend.in-memory", Map.of()));
  private final Registry registry =
      new Registry()
          .workflow(
              "call",
              "",
              String.class,
              (context, name) -> context.call(name, 1, Object.class).await())
          .workflow(
              "wait", "", String.class, (context, n) -> context.event("end", String.class).await())
          .activity("inc", Integer.class, (context, n) -> n + 1);
  private WorkflowOptions options = WorkflowOptions.DEFAULT;
  private WorkflowEngine engine;

  private Workflows workflows() {
    if (engine == null) {
      engine =
          new WorkflowEngine(
              "flows (workflowbackend.in-memory)",
              () -> driver,
              new SystemHost(Clock.systemUTC()),
              registry,
              options,
              new JsonCodec(new ObjectMapper()),
              "app");
      engine.start();
    }
    return engine.workflows();
  }

  @AfterEach
  void close() {
    ENGINE_LOG.detachAndStopAllAppenders();
    if (engine != null) {
      engine.close();
    }
    driver.close();
  }

  private WorkflowFailedException failureOf(WorkflowRun run) {
    try {
      run.await(Object.class, PATIENCE);
    } catch (WorkflowFailedException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  private static void assertCode(ErrorCode code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void unknownNamesAreReportedWithThoseThatExist() {
    assertThatThrownBy(() -> workflows().start("nothing", "x"))
        .hasMessageContaining("NOT_FOUND")
        .hasMessageContaining("[call, wait]");
    assertThat(failureOf(workflows().start("call", "nothing"))).hasMessageContaining("[inc]");
  }

  @Test
  void inputThatDoesNotDecodeFailsOnlyItsInstance() {
    registry.workflow("number", "", Integer.class, (context, n) -> n);
    assertThat(failureOf(workflows().start("number", "no number")))
        .hasMessageContaining("input of workflow 'number'");
    assertThat(workflows().start("number", 4).await(Integer.class, PATIENCE)).isEqualTo(4);
  }

  @Test
  void payloadOverTheLimitIsRefusedWithBothSizes() {
    options = options.withLimits(1_000, 50_000, 100);
    registry.activity("huge", Integer.class, (context, n) -> "x".repeat(2_000));
    assertThatThrownBy(() -> workflows().start("wait", "y".repeat(2_000)))
        .hasMessageContaining("2,002")
        .hasMessageContaining("1,000");
    assertThat(failureOf(workflows().start("call", "huge"))).hasMessageContaining("1,000");
  }

  @Test
  void whateverAnActivityThrowsFailsItsTask() {
    registry
        .activity(
            "checked",
            Integer.class,
            (context, n) -> {
              throw new java.io.IOException("disk");
            })
        .activity(
            "error",
            Integer.class,
            (context, n) -> {
              throw new StackOverflowError();
            })
        .activity("strange", Integer.class, (context, n) -> new Object() {});
    assertThat(failureOf(workflows().start("call", "checked")))
        .hasMessageContaining("IOException: disk");
    assertThat(failureOf(workflows().start("call", "error")))
        .hasMessageContaining("StackOverflowError");
    assertThat(failureOf(workflows().start("call", "strange")))
        .hasMessageContaining("cannot be stored");
  }

  @Test
  void activityThatIgnoresInterruptionTimesOutAllTheSame() {
    CountDownLatch end = new CountDownLatch(1);
    registry
        .activity(
            "deaf",
            Integer.class,
            (context, n) -> {
              while (true) {
                try {
                  end.await();
                  return n;
                } catch (InterruptedException e) {
                  // on purpose
                }
              }
            })
        .workflow(
            "impatient",
            "",
            Integer.class,
            (context, n) ->
                context
                    .call(
                        "deaf",
                        n,
                        Integer.class,
                        CallOptions.DEFAULT.withAttemptTimeout(Duration.ofMillis(100)))
                    .await());
    assertThat(failureOf(workflows().start("impatient", 1)))
        .hasMessageContaining("not done in time");
    end.countDown();
  }

  @Test
  void silentActivityTimesOutByHeartbeat() {
    AtomicBoolean cancelled = new AtomicBoolean();
    registry
        .activity(
            "silent",
            Integer.class,
            (context, n) -> {
              for (int i = 0; i < 5; i++) {
                Thread.sleep(20);
                context.heartbeat();
              }
              try {
                Thread.sleep(60_000);
              } finally {
                cancelled.set(context.isCancelled());
              }
              return n;
            })
        .workflow(
            "watchful",
            "",
            Integer.class,
            (context, n) ->
                context
                    .call(
                        "silent",
                        n,
                        Integer.class,
                        CallOptions.DEFAULT.withHeartbeatTimeout(Duration.ofMillis(500)))
                    .await());
    assertThat(failureOf(workflows().start("watchful", 1))).hasMessageContaining("no heartbeat");
    Awaitility.await().atMost(PATIENCE).untilTrue(cancelled);
  }

  @Test
  void contextOnAnotherThreadIsRefused() {
    registry.workflow(
        "threads",
        "",
        Integer.class,
        (context, n) -> {
          List<Throwable> thrown = new ArrayList<>();
          Thread thread =
              new Thread(
                  () -> {
                    try {
                      context.call("inc", 1, Integer.class);
                    } catch (IllegalStateException e) {
                      thrown.add(e);
                    }
                  });
          thread.start();
          thread.join();
          return thrown.size();
        });
    assertThat(workflows().start("threads", 0).await(Integer.class, PATIENCE)).isEqualTo(1);
  }

  @Test
  void codeThatCatchesThrowableStillLeavesMemory() {
    AtomicInteger unwound = new AtomicInteger();
    options = options.withMaxInMemory(1);
    registry.workflow(
        "greedy",
        "",
        Integer.class,
        (context, n) -> {
          try {
            return context.event("end", Integer.class).await();
          } catch (Throwable e) {
            unwound.incrementAndGet();
            return context.event("again", Integer.class).await();
          }
        });
    WorkflowRun greedy = workflows().start("greedy", 0);
    for (int i = 0; i < 5; i++) {
      assertThat(workflows().start("call", "inc").await(Integer.class, PATIENCE)).isEqualTo(2);
    }
    workflows().raise(greedy.id(), "end", 9);
    assertThat(greedy.await(Integer.class, PATIENCE)).isEqualTo(9);
    assertThat(unwound.get()).isPositive();
  }

  @Test
  void codeThatDoesNotComeBackIsReported() {
    AtomicBoolean stop = new AtomicBoolean();
    registry.workflow(
        "spinning",
        "",
        Integer.class,
        (context, n) -> {
          while (!stop.get()) {
            Thread.onSpinWait();
          }
          return n;
        });
    ListAppender<ILoggingEvent> log = listen();
    try {
      workflows().startAsync("spinning", 1, StartOptions.id("spinner"));
      awaitMessage(log, "'spinner' has run for");
    } finally {
      stop.set(true);
    }
    assertThat(workflows().start("call", "inc").await(Integer.class, PATIENCE)).isEqualTo(2);
  }

  private static ListAppender<ILoggingEvent> listen() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ENGINE_LOG.addAppender(log);
    return log;
  }

  private static void awaitMessage(ListAppender<ILoggingEvent> log, String part) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                List.copyOf(log.list).stream()
                    .anyMatch(event -> event.getFormattedMessage().contains(part)));
  }

  @Test
  void historyOverTheLimitFailsTheInstance() {
    options = options.withLimits(1_000_000, 100, 100);
    registry.workflow(
        "endless",
        "",
        Integer.class,
        (context, n) -> {
          while (true) {
            n = context.call("inc", n, Integer.class).await();
          }
        });
    ListAppender<ILoggingEvent> log = listen();
    assertThat(failureOf(workflows().start("endless", 0))).hasMessageContaining("limit is 100");
    awaitMessage(log, "with more than 100 it fails, so use continueAsNew before that");
  }

  @Test
  void twoStartsWithOneIdMakeOneInstance() {
    AtomicInteger created = new AtomicInteger();
    List<java.util.concurrent.CompletableFuture<Void>> starts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      starts.add(
          workflows()
              .startAsync("wait", "x", StartOptions.id("one"))
              .handle((run, error) -> error == null ? created.incrementAndGet() : 0)
              .thenAccept(count -> {}));
    }
    starts.forEach(java.util.concurrent.CompletableFuture::join);
    assertThat(created).hasValue(1);
    workflows().raise("one", "end", "done");
    assertThat(workflows().run("one").await(String.class, PATIENCE)).isEqualTo("done");
  }

  @Test
  void activityLimitsHold() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    options = options.withActivityLimits(Map.of("narrow", 2));
    registry
        .activity(
            "narrow",
            Integer.class,
            (context, n) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              Thread.sleep(5);
              now.decrementAndGet();
              return n;
            })
        .workflow(
            "many",
            "",
            Integer.class,
            (context, n) -> {
              List<dev.inboard.workflow.Task<Integer>> tasks = new ArrayList<>();
              for (int i = 0; i < n; i++) {
                tasks.add(context.call("narrow", i, Integer.class));
              }
              return dev.inboard.workflow.Task.all(tasks).await().size();
            });
    assertThat(workflows().start("many", 40).await(Integer.class, PATIENCE)).isEqualTo(40);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void instancesThatNeedNoActivityGoOnWhileAllPlacesAreTaken() {
    CountDownLatch hold = new CountDownLatch(1);
    options = options.withMaxActivities(2);
    registry
        .activity(
            "held",
            Integer.class,
            (context, n) -> {
              hold.await();
              return n;
            })
        .workflow(
            "free",
            "",
            Integer.class,
            (context, n) -> {
              context.sleep(Duration.ofMillis(10));
              return context.step("two", Integer.class, () -> 2)
                  + context.child("leaf", n, Integer.class).await();
            })
        .workflow("leaf", "", Integer.class, (context, n) -> n);
    List<WorkflowRun> blocked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      blocked.add(workflows().start("call", "held"));
    }
    assertThat(workflows().start("free", 3).await(Integer.class, PATIENCE)).isEqualTo(5);
    hold.countDown();
    blocked.forEach(run -> assertThat(run.await(Integer.class, PATIENCE)).isEqualTo(1));
  }

  @Test
  void theLimitOfAllActivitiesHolds() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    options = options.withMaxActivities(3);
    for (String name : List.of("a", "b")) {
      registry.activity(
          name,
          Integer.class,
          (context, n) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(5);
            now.decrementAndGet();
            return n;
          });
    }
    registry.workflow(
        "many",
        "",
        Integer.class,
        (context, n) -> {
          List<dev.inboard.workflow.Task<Integer>> tasks = new ArrayList<>();
          for (int i = 0; i < n; i++) {
            tasks.add(context.call(i % 2 == 0 ? "a" : "b", i, Integer.class));
          }
          return dev.inboard.workflow.Task.all(tasks).await().size();
        });
    List<WorkflowRun> runs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      runs.add(workflows().start("many", 10));
    }
    runs.forEach(run -> assertThat(run.await(Integer.class, PATIENCE)).isEqualTo(10));
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> options.withMaxActivities(-1))
        .hasMessage("maxActivities is -1, but must be at least 0");
    assertThatThrownBy(() -> options.withActivityLimits(Map.of("inc", 0)))
        .hasMessage("the limit of activity 'inc' is 0, but must be at least 1");
    assertThatThrownBy(() -> options.withLease(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessage("lease is PT0S, but must be positive");
    assertThatThrownBy(
            () -> options.withRetention(Map.of(WorkflowStatus.RUNNING, Duration.ofDays(1))))
        .hasMessageContaining("retention of RUNNING");
  }

  @Test
  void awaitGivesUpInTimeAndOnUnknownIds() {
    WorkflowRun run = workflows().start("wait", "x");
    assertCode(ErrorCode.TIMEOUT, () -> run.await(String.class, Duration.ofMillis(20)));
    assertCode(ErrorCode.NOT_FOUND, () -> workflows().run("nobody").await(String.class, PATIENCE));
    assertThat(workflows().find(run.id()).orElseThrow().status()).isEqualTo(WorkflowStatus.RUNNING);
  }

  @Test
  void closedEngineRefusesAndAnswersThoseWhoWait() throws Exception {
    WorkflowRun run = workflows().start("wait", "x");
    var waiting = run.result(String.class);
    engine.close();
    assertThat(waiting).isCompletedExceptionally();
    assertCode(ErrorCode.CANCELLED, () -> workflows().start("wait", "x"));
  }

  @Test
  void closingInterruptsCodeThatDoesNotComeBack() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    registry.workflow(
        "blocking",
        "",
        Integer.class,
        (context, n) -> {
          blocked.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return n;
        });
    workflows().startAsync("blocking", 1, StartOptions.id("b"));
    blocked.await();
    engine.close();
    assertThat(interrupted.await(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void drainWaitsForWhatRuns() {
    CountDownLatch running = new CountDownLatch(1);
    registry.activity(
        "slow",
        Integer.class,
        (context, n) -> {
          running.countDown();
          Thread.sleep(100);
          return n;
        });
    WorkflowRun run = workflows().start("call", "slow");
    Awaitility.await().atMost(PATIENCE).until(() -> running.getCount() == 0);
    assertThat(engine.drain(PATIENCE)).isTrue();
    assertThat(workflows().find(run.id()).orElseThrow().status())
        .isEqualTo(WorkflowStatus.COMPLETED);
  }

  @Test
  void startStopStartLeaksNoThread() {
    for (int i = 0; i < 20; i++) {
      assertThat(workflows().start("call", "inc").await(Integer.class, PATIENCE)).isEqualTo(2);
      workflows().start("wait", "x");
      engine.close();
      engine = null;
    }
    Awaitility.await().atMost(PATIENCE).until(() -> engineThreads().isEmpty());
    assertThat(workflows().count(dev.inboard.workflow.WorkflowFilter.ALL)).isEqualTo(40);
  }

  private static Set<String> engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("inboard-workflow") || name.startsWith("inboard-activity"))
        .collect(Collectors.toSet());
  }
}
