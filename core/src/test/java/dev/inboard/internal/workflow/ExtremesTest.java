package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workflow code can do, in numbers, times and orders that are not usual. */
class ExtremesTest extends EngineFixture {

  private Workflows flow(String name, dev.inboard.workflow.Workflow<Integer, ?> code) {
    registry.workflow(name, "", Integer.class, code);
    registry.activity("inc", Integer.class, (context, n) -> n + 1);
    return workflows();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 10_000})
  void fanOutOfAnyWidth(int width) {
    Workflows workflows =
        flow(
            "wide",
            (context, n) -> {
              List<Task<Integer>> tasks = new ArrayList<>();
              for (int i = 0; i < n; i++) {
                tasks.add(context.call("inc", i, Integer.class));
              }
              return Task.all(tasks).await().stream().mapToInt(Integer::intValue).sum();
            });
    assertThat(result(workflows.start("wide", width), Integer.class))
        .isEqualTo(width * (width + 1) / 2);
  }

  @Test
  void childrenOfChildren() {
    Workflows workflows =
        flow(
            "nested",
            (context, depth) ->
                depth == 0
                    ? 1
                    : context.child("nested", depth - 1, Integer.class).await()
                        + context.child("nested", depth - 1, Integer.class).await());
    assertThat(result(workflows.start("nested", 5), Integer.class)).isEqualTo(32);
  }

  @Test
  void timersOfAnyLengthFireInTheirOrder() {
    Workflows workflows =
        flow(
            "timers",
            (context, n) -> {
              Instant begin = context.now();
              context.timerAt(begin.minusSeconds(60)).await();
              context.timer(Duration.ZERO).await();
              assertThat(context.now()).isEqualTo(begin);
              List<Task<?>> left =
                  new ArrayList<>(
                      List.of(
                          context.timer(Duration.ofDays(100)),
                          context.timer(Duration.ofMillis(1)),
                          context.timer(Duration.ofSeconds(1))));
              StringBuilder order = new StringBuilder();
              while (!left.isEmpty()) {
                left.remove(Task.any(left).await());
                order.append(Duration.between(begin, context.now())).append(' ');
              }
              return order.toString();
            });
    assertThat(result(workflows.start("timers", 0), String.class))
        .isEqualTo("PT0.001S PT1S PT2400H ");
  }

  @Test
  void thousandsOfTimersOfOneInstant() {
    Workflows workflows =
        flow(
            "together",
            (context, n) -> {
              Instant moment = context.now().plusSeconds(3600);
              List<Task<?>> timers = new ArrayList<>();
              for (int i = 0; i < n; i++) {
                timers.add(context.timerAt(moment));
              }
              Task.all(timers).await();
              return Duration.between(moment, context.now()).toMillis();
            });
    assertThat(result(workflows.start("together", 5_000), Long.class)).isZero();
  }

  @Test
  void aTimerThatFiredWhileNothingRanIsServedOnReturn() {
    Workflows workflows = flow("sleeper", (context, n) -> nap(context));
    WorkflowRun run = workflows.start("sleeper", 0, StartOptions.id("s"));
    host.pass(Duration.ofSeconds(1));
    workflows.suspend("s");
    host.pass(Duration.ofDays(2));
    Workflows later = restart(registry);
    assertThat(later.find("s").orElseThrow().status()).isEqualTo(WorkflowStatus.SUSPENDED);
    later.resume("s");
    assertThat(result(later.run(run.id()), Integer.class)).isEqualTo(1);
  }

  private static int nap(WorkflowContext context) {
    context.sleep(Duration.ofDays(1));
    return 1;
  }

  @Test
  void generationsInATightLoop() {
    Workflows workflows =
        flow(
            "spin",
            (context, n) -> {
              if (n == 0) {
                return context.generation();
              }
              throw context.continueAsNew(n - 1);
            });
    assertThat(result(workflows.start("spin", 500), Integer.class)).isEqualTo(501);
  }

  @Test
  void aBurstOfEventsCrossesGenerationsInOrder() {
    Workflows workflows =
        flow(
            "collector",
            (context, seen) -> {
              for (int i = 0; i < 10; i++) {
                int next = context.event("n", Integer.class).await();
                assertThat(next).isEqualTo(seen + i);
              }
              if (seen == 990) {
                return seen + 10;
              }
              throw context.continueAsNew(seen + 10);
            });
    WorkflowRun run = workflows.start("collector", 0);
    for (int i = 0; i < 1_000; i++) {
      workflows.raise(run.id(), "n", i);
    }
    assertThat(result(run, Integer.class)).isEqualTo(1_000);
  }

  @Test
  void anAnswerToAnEarlierGenerationIsNotTakenForAnother() {
    registry.workflow(
        "child", "", Integer.class, (context, n) -> context.event("go", Integer.class).await());
    Workflows workflows =
        flow(
            "again",
            (context, n) -> {
              if (n == 0) {
                context.child("child", 0, Integer.class); // request 0
                context.event("next", Integer.class).await();
                throw context.continueAsNew(1);
              }
              Instant begin = context.now();
              context.timer(Duration.ofDays(1)).await(); // request 0 again
              return Duration.between(begin, context.now()).toHours();
            });
    WorkflowRun run = workflows.start("again", 0, StartOptions.id("a"));
    workflows.raise("a", "next", 1);
    host.pass(Duration.ofSeconds(1));
    workflows.raise("a/1.0", "go", 100);
    assertThat(result(workflows.run("a/1.0"), Integer.class)).isEqualTo(100);
    assertThat(result(run, Long.class)).isEqualTo(24);
  }

  @Test
  void terminationBeforeTheStartAndTwice() {
    Workflows workflows = flow("later", (context, n) -> n);
    WorkflowRun run =
        workflows.start(
            "later", 1, StartOptions.id("l").withStartAt(START.plus(Duration.ofDays(1))));
    workflows.terminate("l", "not needed");
    assertThat(failure(run).status()).isEqualTo(WorkflowStatus.TERMINATED);
    host.pass(Duration.ofDays(2));
    assertThat(workflows.find("l").orElseThrow().status()).isEqualTo(WorkflowStatus.TERMINATED);
  }

  @Test
  void idsMayHoldAnything() {
    Workflows workflows = flow("named", (context, n) -> n + 1);
    for (String id : List.of("%", "a_b", "a/b~2", "ö 漢字 \uD83D\uDE00", "'; drop table x", "a\\b")) {
      WorkflowRun run = workflows.start("named", 1, StartOptions.id(id));
      assertThat(result(run, Integer.class)).as(id).isEqualTo(2);
      assertThat(workflows.find(id).orElseThrow().id()).isEqualTo(id);
    }
  }

  @Test
  void equalEventsAreTwoEventsAndEachWaiterGetsOne() {
    Workflows workflows =
        flow(
            "waiters",
            (context, n) -> {
              List<Task<Integer>> waiters = new ArrayList<>();
              for (int i = 0; i < n; i++) {
                waiters.add(context.event("n", Integer.class));
              }
              return Task.all(waiters).await().toString();
            });
    WorkflowRun run = workflows.start("waiters", 4);
    for (Integer payload : new Integer[] {7, 7, null, 8}) {
      workflows.raise(run.id(), "n", payload);
    }
    assertThat(result(run, String.class)).isEqualTo("[7, 7, null, 8]");
  }

  @Test
  void whatArrivesBeforeTheStartIsKept() {
    AtomicInteger began = new AtomicInteger();
    Workflows workflows =
        flow(
            "early",
            (context, n) -> {
              began.incrementAndGet();
              return n + context.event("n", Integer.class).await();
            });
    WorkflowRun run = workflows.start("early", 1, inADay("e"));
    workflows.raise("e", "n", 5);
    host.pass(Duration.ofHours(1));
    WorkflowSnapshot waiting = workflows.find("e").orElseThrow();
    assertThat(waiting.status()).isEqualTo(WorkflowStatus.PENDING);
    assertThat(waiting.startedAt()).isNull();
    workflows.suspend("e");
    host.pass(Duration.ofDays(2));
    assertThat(workflows.find("e").orElseThrow().status()).isEqualTo(WorkflowStatus.SUSPENDED);
    assertThat(began).hasValue(0);
    workflows.resume("e");
    assertThat(result(run, Integer.class)).isEqualTo(6);
    assertThat(began).hasValue(1);
  }

  @Test
  void anEventDoesNotMakeAnInstanceBeginEarly() {
    Workflows workflows =
        flow(
            "early",
            (context, n) -> {
              context.event("n", Integer.class).await();
              return context.now().toString();
            });
    WorkflowRun run = workflows.start("early", 1, inADay("e"));
    workflows.resume("e"); // has no meaning, but is a message
    host.pass(Duration.ofHours(1));
    workflows.raise("e", "n", 5);
    host.pass(Duration.ofHours(1));
    workflows = restart(registry);
    workflows.raise("e", "n", 6);
    host.pass(Duration.ofHours(1));
    run = workflows.run(run.id());
    String tomorrow = START.plus(Duration.ofDays(1)).toString();
    assertThat(result(run, String.class)).isEqualTo(tomorrow);
    assertThat(workflows.find("e").orElseThrow().startedAt()).hasToString(tomorrow);
  }

  @Test
  void whatHasNotBegunEndsAtOnce() {
    Workflows workflows =
        flow(
            "early",
            (context, n) -> {
              throw new AssertionError("it began");
            });
    WorkflowRun terminated = workflows.start("early", 1, inADay("t"));
    WorkflowRun cancelled = workflows.start("early", 1, inADay("c"));
    workflows.terminate("t", "enough");
    workflows.cancel("c", "enough");
    host.pass(Duration.ofSeconds(1));
    assertThat(workflows.find("t").orElseThrow().status()).isEqualTo(WorkflowStatus.TERMINATED);
    assertThat(workflows.find("c").orElseThrow().status()).isEqualTo(WorkflowStatus.CANCELLED);
    assertThat(failure(terminated).status()).isEqualTo(WorkflowStatus.TERMINATED);
    assertThat(failure(cancelled).status()).isEqualTo(WorkflowStatus.CANCELLED);
    assertThat(workflows.find("c").orElseThrow().startedAt()).isNull();
  }

  private static StartOptions inADay(String id) {
    return StartOptions.id(id).withStartAt(START.plus(Duration.ofDays(1)));
  }

  @Test
  void aSuspendedInstanceCanBeTerminated() {
    Workflows workflows = flow("sleeper", (context, n) -> nap(context));
    WorkflowRun run = workflows.start("sleeper", 0);
    workflows.suspend(run.id());
    workflows.terminate(run.id(), "enough");
    assertThat(failure(run).status()).isEqualTo(WorkflowStatus.TERMINATED);
  }

  @Test
  void aHundredThousandEventsAreReplayed() {
    options = options.withLimits(options.maxPayload(), 200_000, options.maxRecoveries());
    Workflows workflows =
        flow(
            "long",
            (context, n) -> {
              int sum = 0;
              for (int i = 0; i < n; i++) {
                if (i % 1_000 == 0) {
                  sum = context.call("inc", sum, Integer.class).await();
                }
                context.timer(Duration.ofDays(1_000));
              }
              return sum + context.event("n", Integer.class).await();
            });
    workflows.start("long", 100_000, StartOptions.id("l"));
    host.pass(Duration.ofSeconds(1));
    assertThat(workflows.find("l").orElseThrow().historyLength()).isGreaterThan(100_000);
    Workflows later = restart(registry);
    later.raise("l", "n", 1);
    assertThat(result(later.run("l"), Integer.class)).isEqualTo(101);
  }

  @Test
  void statusAndQueriesLeaveNoHistory() {
    Workflows workflows =
        flow(
            "talker",
            (context, n) -> {
              for (int i = 0; i < n; i++) {
                context.setStatus(i);
              }
              return nap(context);
            });
    WorkflowRun run = workflows.start("talker", 100);
    host.pass(Duration.ofSeconds(1));
    assertThat(workflows.find(run.id()).orElseThrow().customStatus(Integer.class)).contains(99);
    assertThat(workflows.history(run.id())).hasSize(1); // the timer
  }

  @Test
  void payloadsOfAnyKindComeBackAsTheyWere() {
    registry.activity("echo", String.class, (context, text) -> text);
    registry.workflow(
        "echo",
        "",
        String.class,
        (context, text) -> context.call("echo", text, String.class).await());
    Workflows workflows = workflows();
    for (String text :
        new String[] {null, "", "\u0000", "ö 漢字 \uD83D\uDE00", "x".repeat(1 << 20)}) {
      assertThat(result(workflows.start("echo", text), String.class)).isEqualTo(text);
    }
  }

  @Test
  void onlyWhatHasFinishedIsPurgedAndOnlyOnce() {
    Workflows workflows = flow("sleeper", (context, n) -> nap(context));
    WorkflowRun run = workflows.start("sleeper", 0, StartOptions.id("s"));
    assertCode(ErrorCode.CONFLICT, () -> workflows.purge("s"));
    result(run, Integer.class);
    workflows.purge("s");
    assertThat(workflows.find("s")).isEmpty();
    assertCode(ErrorCode.NOT_FOUND, () -> workflows.purge("s"));
    assertThat(result(workflows.start("sleeper", 0, StartOptions.id("s")), Integer.class))
        .isEqualTo(1);
  }

  private static void assertCode(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
