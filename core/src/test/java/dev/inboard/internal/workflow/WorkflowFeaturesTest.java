package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.ChildOptions;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.NonRetryableException;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.ReusePolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskFailedException;
import dev.inboard.workflow.TaskTimeoutException;
import dev.inboard.workflow.WorkflowCancelledException;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What workflow code can do, in virtual time. */
class WorkflowFeaturesTest extends EngineFixture {
  private final AtomicInteger calls = new AtomicInteger();

  private void activities() {
    registry
        .activity("inc", Integer.class, (context, n) -> n + 1)
        .activity(
            "flaky",
            Integer.class,
            (context, failures) -> {
              calls.incrementAndGet();
              if (context.attempt() <= failures) {
                throw new java.io.IOException("attempt " + context.attempt());
              }
              return context.attempt();
            })
        .activity(
            "final",
            Integer.class,
            (context, n) -> {
              calls.incrementAndGet();
              throw new NonRetryableException("never");
            });
  }

  private Workflows flow(String name, dev.inboard.workflow.Workflow<Integer, ?> code) {
    registry.workflow(name, "", Integer.class, code);
    activities();
    return workflows();
  }

  private static void assertCode(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void fanOutKeepsTheOrderOfArguments() {
    Workflows workflows =
        flow(
            "wide",
            (context, width) -> {
              List<Task<Integer>> tasks = new ArrayList<>();
              for (int i = 0; i < width; i++) {
                tasks.add(context.call("inc", i, Integer.class));
              }
              List<Integer> results = Task.all(tasks).await();
              for (int i = 0; i < width; i++) {
                if (results.get(i) != i + 1) {
                  return -1;
                }
              }
              return results.size();
            });
    for (int width : new int[] {0, 1, 100, 2_000}) {
      assertThat(result(workflows.start("wide", width), Integer.class)).isEqualTo(width);
    }
  }

  @Test
  void anyGivesTheTrulyFirst() {
    Workflows workflows =
        flow(
            "race",
            (context, n) -> {
              Task<Void> slow = context.timer(Duration.ofHours(2));
              Task<Void> fast = context.timer(Duration.ofHours(1));
              boolean fastWon = Task.any(slow, fast).await() == fast;
              context.sleep(Duration.ofHours(3));
              return fastWon && Task.any(slow, fast).await() == fast;
            });
    assertThat(result(workflows.start("race", 0), Boolean.class)).isTrue();
  }

  @Test
  void retriesFollowThePolicyInVirtualTime() {
    CallOptions options =
        CallOptions.DEFAULT.withRetry(
            new RetryPolicy(5, Duration.ofSeconds(10), 2, Duration.ofHours(1)));
    Workflows workflows =
        flow("retry", (context, n) -> context.call("flaky", n, Integer.class, options).await());
    Instant before = host.clock().instant();
    assertThat(result(workflows.start("retry", 3), Integer.class)).isEqualTo(4);
    assertThat(Duration.between(before, host.clock().instant())).isEqualTo(Duration.ofSeconds(70));
    assertThat(failure(workflows.start("retry", 9)).getMessage()).contains("attempt 5");
  }

  @Test
  void nonRetryableFailureAndHandlerStopAtOnce() {
    CallOptions options = CallOptions.retry(5);
    CallOptions refusing = options.withRetryHandler((failure, attempt) -> attempt < 2);
    Workflows workflows =
        flow(
            "stop",
            (context, n) -> {
              String name = n == 0 ? "final" : "flaky";
              return context.call(name, 9, Integer.class, n == 0 ? options : refusing).await();
            });
    failure(workflows.start("stop", 0));
    assertThat(calls).hasValue(1);
    failure(workflows.start("stop", 1));
    assertThat(calls).hasValue(3);
  }

  @Test
  void overallTimeoutEndsTheRetries() {
    CallOptions options =
        CallOptions.DEFAULT
            .withRetry(RetryPolicy.constant(1_000, Duration.ofSeconds(10)))
            .withTimeout(Duration.ofSeconds(35));
    Workflows workflows =
        flow("limited", (context, n) -> context.call("flaky", 999, Integer.class, options).await());
    failure(workflows.start("limited", 0));
    assertThat(calls).hasValue(4);
  }

  @Test
  void idempotencyKeyIsSharedByAttemptsOnly() {
    List<String> keys = new CopyOnWriteArrayList<>();
    registry.activity(
        "keyed",
        Integer.class,
        (context, n) -> {
          keys.add(context.idempotencyKey());
          if (context.attempt() == 1) {
            throw new IllegalStateException("again");
          }
          return n;
        });
    Workflows workflows =
        flow(
            "keys",
            (context, n) -> {
              context.call("keyed", 1, Integer.class, CallOptions.retry(2)).await();
              return context.call("keyed", 2, Integer.class, CallOptions.retry(2)).await();
            });
    result(workflows.start("keys", 0), Integer.class);
    assertThat(keys).hasSize(4);
    assertThat(keys.get(0)).isEqualTo(keys.get(1)).isNotEqualTo(keys.get(2));
  }

  @Test
  void eventsAreKeptAndGivenOutInOrder() {
    Workflows workflows =
        flow(
            "events",
            (context, n) -> {
              context.sleep(Duration.ofHours(1));
              int value = 0;
              for (int i = 0; i < n; i++) {
                value = value * 10 + context.event("Digit", Integer.class).await();
              }
              return value;
            });
    WorkflowRun run = workflows.start("events", 3);
    workflows.raise(run.id(), "digit", 1, "m1");
    workflows.raise(run.id(), "digit", 1, "m1");
    workflows.raise(run.id(), "DIGIT", 2);
    workflows.raise(run.id(), "other", 9);
    workflows.raise(run.id(), "digit", 3);
    assertThat(result(run, Integer.class)).isEqualTo(123);
    assertCode(ErrorCode.CONFLICT, () -> workflows.raise(run.id(), "digit", 4));
    assertCode(ErrorCode.NOT_FOUND, () -> workflows.raise("nobody", "digit", 4));
  }

  @Test
  void anEventThatLosesToItsTimeoutWaitsForTheNext() {
    Workflows workflows =
        flow(
            "late",
            (context, n) -> {
              try {
                context.event("go", Integer.class).await(Duration.ofMinutes(1));
                return -1;
              } catch (TaskTimeoutException e) {
                return context.event("go", Integer.class).await();
              }
            });
    WorkflowRun run = workflows.start("late", 0);
    host.pass(Duration.ofMinutes(2));
    workflows.raise(run.id(), "go", 7);
    assertThat(result(run, Integer.class)).isEqualTo(7);
  }

  @Test
  void aHumanMayTakeThirtyDays() {
    Workflows workflows =
        flow(
            "approval",
            (context, n) -> {
              context.sleep(Duration.ofDays(30));
              return n;
            });
    WorkflowRun run = workflows.start("approval", 5);
    host.pass(Duration.ofDays(29));
    assertThat(workflows.find(run.id()).orElseThrow().status()).isEqualTo(WorkflowStatus.RUNNING);
    assertThat(workflows.find(run.id()).orElseThrow().waitingFor()).isEqualTo("timer");
    host.pass(Duration.ofDays(1));
    assertThat(run.await(Integer.class, Duration.ofSeconds(20))).isEqualTo(5);
  }

  @Test
  void childrenGiveResultsAndFailuresAndAreRetried() {
    registry.workflow(
        "child",
        "",
        Integer.class,
        (context, n) -> {
          if (context.workflowId().endsWith("~2")) {
            return n * 10;
          }
          throw new IllegalStateException("first attempt");
        });
    ChildOptions twice =
        ChildOptions.DEFAULT.withRetry(RetryPolicy.constant(2, Duration.ofMinutes(1)));
    Workflows workflows =
        flow(
            "parent",
            (context, n) -> {
              try {
                context.child("child", n, Integer.class).await();
                return -1;
              } catch (TaskFailedException e) {
                return context.child("child", n, Integer.class, twice).await();
              }
            });
    WorkflowRun run = workflows.start("parent", 4);
    assertThat(result(run, Integer.class)).isEqualTo(40);
    assertThat(workflows.count(WorkflowFilter.ALL.withParent(run.id()))).isEqualTo(3);
    workflows.purge(run.id());
    assertThat(workflows.count(WorkflowFilter.ALL)).isZero();
  }

  @Test
  void childOnAnOccupiedIdFails() {
    registry.workflow(
        "sleeper", "", Integer.class, (context, n) -> context.event("end", Integer.class).await());
    Workflows workflows =
        flow(
            "parent",
            (context, n) -> {
              try {
                return context.child("sleeper", n, Integer.class, ChildOptions.id("taken")).await();
              } catch (TaskFailedException e) {
                return e.failure().type().equals("IdTaken") ? 1 : 0;
              }
            });
    workflows.start("sleeper", 0, StartOptions.id("taken"));
    assertThat(result(workflows.start("parent", 0), Integer.class)).isEqualTo(1);
  }

  @Test
  void detachedWorkflowsGoTheirOwnWay() {
    registry.workflow("other", "", Integer.class, (context, n) -> n + 1);
    Workflows workflows =
        flow(
            "starter",
            (context, n) -> {
              context.startDetached("other", "detached-1", n);
              context.startDetached("other", "detached-1", 99);
              return n;
            });
    result(workflows.start("starter", 1), Integer.class);
    assertThat(result(workflows.run("detached-1"), Integer.class)).isEqualTo(2);
  }

  @Test
  void continueAsNewKeepsEventsInOrder() {
    Workflows workflows =
        flow(
            "loop",
            (context, state) -> {
              if (context.generation() == 4) {
                return state;
              }
              int next = context.event("n", Integer.class).await();
              throw context.continueAsNew(state * 10 + next);
            });
    WorkflowRun run = workflows.start("loop", 0);
    for (int i = 1; i <= 3; i++) {
      workflows.raise(run.id(), "n", i);
    }
    assertThat(result(run, Integer.class)).isEqualTo(123);
  }

  @Test
  void suspendedInstanceKeepsWhatArrives() {
    Workflows workflows =
        flow(
            "pausing",
            (context, n) -> {
              int value = context.event("a", Integer.class).await();
              context.sleep(Duration.ofMinutes(1));
              return value + context.event("b", Integer.class).await();
            });
    WorkflowRun run = workflows.start("pausing", 0);
    workflows.suspend(run.id());
    workflows.raise(run.id(), "a", 1);
    workflows.raise(run.id(), "b", 2);
    host.pass(Duration.ofHours(1));
    assertThat(workflows.find(run.id()).orElseThrow().status()).isEqualTo(WorkflowStatus.SUSPENDED);
    workflows.resume(run.id());
    assertThat(result(run, Integer.class)).isEqualTo(3);
  }

  @Test
  void terminationReachesChildrenAndParents() {
    registry.workflow(
        "sleeper", "", Integer.class, (context, n) -> context.event("end", Integer.class).await());
    Workflows workflows =
        flow("parent", (context, n) -> context.child("sleeper", n, Integer.class).await());
    WorkflowRun run = workflows.start("parent", 0, StartOptions.id("p"));
    workflows.terminate("p", "enough");
    assertThat(failure(run).status()).isEqualTo(WorkflowStatus.TERMINATED);
    assertThat(failure(workflows.run("p/1.0")).failure().message()).isEqualTo("enough");
    assertCode(ErrorCode.CONFLICT, () -> workflows.terminate("p", "again"));

    WorkflowRun other = workflows.start("parent", 0, StartOptions.id("q"));
    workflows.terminate("q/1.0", "the child");
    assertThat(failure(other).failure().cause().message()).isEqualTo("the child");
  }

  @Test
  void cancellationLetsTheCodeCleanUp() {
    List<String> undone = new CopyOnWriteArrayList<>();
    registry.activity("undo", String.class, (context, what) -> undone.add(what));
    Workflows workflows =
        flow(
            "saga",
            (context, n) -> {
              context.compensate(() -> context.call("undo", "first", Boolean.class).await());
              context.compensate(() -> context.call("undo", "second", Boolean.class).await());
              return context.event("never", Integer.class).await();
            });
    WorkflowRun run = workflows.start("saga", 0);
    workflows.cancel(run.id(), "changed my mind");
    assertThat(failure(run).status()).isEqualTo(WorkflowStatus.CANCELLED);
    assertThat(failure(run).failure().isCausedBy(WorkflowCancelledException.class)).isTrue();
    assertThat(undone).containsExactly("second", "first");
  }

  @Test
  void failureCompensatesInReverseOrder() {
    List<String> undone = new CopyOnWriteArrayList<>();
    Workflows workflows =
        flow(
            "saga",
            (context, n) -> {
              context.compensate(() -> context.step("undo 1", () -> undone.add("1")));
              context.compensate(
                  () -> {
                    throw new IllegalStateException("this one fails");
                  });
              context.compensate(() -> context.step("undo 3", () -> undone.add("3")));
              return context.call("final", 1, Integer.class).await();
            });
    WorkflowRun run = workflows.start("saga", 0);
    assertThat(failure(run).status()).isEqualTo(WorkflowStatus.FAILED);
    assertThat(undone).containsExactly("3", "1");
  }

  @Test
  void idsAreReusedAsThePoliciesSay() {
    Workflows workflows =
        flow("quick", (context, n) -> n < 0 ? context.event("end", Integer.class).await() : n);
    StartOptions same = StartOptions.id("x");
    assertThat(result(workflows.start("quick", 1, same), Integer.class)).isEqualTo(1);
    assertThat(result(workflows.start("quick", 2, same), Integer.class)).isEqualTo(2);
    assertCode(
        ErrorCode.CONFLICT, () -> workflows.start("quick", 3, same.withReuse(ReusePolicy.REJECT)));
    assertCode(
        ErrorCode.CONFLICT,
        () -> workflows.start("quick", 3, same.withReuse(ReusePolicy.ALLOW_IF_NOT_COMPLETED)));

    workflows.start("quick", -1, same);
    assertCode(ErrorCode.CONFLICT, () -> workflows.start("quick", 3, same));
    assertThat(workflows.start("quick", 3, same.withConflict(ConflictPolicy.USE_EXISTING)).id())
        .isEqualTo("x");
    WorkflowRun replaced =
        workflows.start("quick", 4, same.withConflict(ConflictPolicy.TERMINATE_EXISTING));
    assertThat(result(replaced, Integer.class)).isEqualTo(4);
  }

  @Test
  void aStartOnceReturnsWhatIsThereWhereverItStands() {
    AtomicInteger runs = new AtomicInteger();
    registry.activity("count", Integer.class, (context, n) -> runs.incrementAndGet());
    Workflows workflows =
        flow(
            "once",
            (context, n) -> {
              context.call("count", n, Integer.class).await();
              return context.event("end", Integer.class).await();
            });
    WorkflowRun first = workflows.start("once", 1, StartOptions.once("x"));
    WorkflowRun second = workflows.start("once", 2, StartOptions.once("x"));
    workflows.raise("x", "end", 7);
    assertThat(result(first, Integer.class)).isEqualTo(7);
    assertThat(result(second, Integer.class)).isEqualTo(7);
    assertThat(result(workflows.start("once", 3, StartOptions.once("x")), Integer.class))
        .isEqualTo(7);
    assertThat(runs).hasValue(1);
  }

  @Test
  void delayedStartWaitsForItsTime() {
    Workflows workflows = flow("quick", (context, n) -> n);
    WorkflowRun run =
        workflows.start("quick", 1, StartOptions.id("later").withDelay(Duration.ofDays(2)));
    host.pass(Duration.ofDays(1));
    assertThat(workflows.find("later").orElseThrow().status()).isEqualTo(WorkflowStatus.PENDING);
    host.pass(Duration.ofDays(1));
    assertThat(run.await(Integer.class, Duration.ofSeconds(20))).isEqualTo(1);
  }

  @Test
  void statusTagsAndPagesCanBeSeen() {
    Workflows workflows =
        flow(
            "seen",
            (context, n) -> {
              context.setStatus(Map.of("step", n));
              return context.event("end", Integer.class).await();
            });
    for (int i = 0; i < 5; i++) {
      workflows.start(
          "seen",
          i,
          StartOptions.id("s" + i).withTags(Map.of("parity", i % 2 == 0 ? "even" : "odd")));
      host.pass(Duration.ofSeconds(1));
    }
    assertThat(workflows.find("s3").orElseThrow().customStatus(Map.class))
        .contains(Map.of("step", 3));
    assertThat(workflows.count(WorkflowFilter.ALL.withTags(Map.of("parity", "even")))).isEqualTo(3);
    assertThat(workflows.list(WorkflowFilter.ALL, null, 2).instances())
        .extracting(snapshot -> snapshot.id())
        .containsExactly("s4", "s3");
  }

  @Test
  void typedActivitiesAreCalledLikePlainJava() {
    registry.activities(Payments.class, new RealPayments());
    Workflows workflows =
        flow(
            "typed",
            (context, amount) -> {
              Payments payments = context.activities(Payments.class, CallOptions.retry(2));
              payments.ping();
              return payments.charge(amount);
            });
    assertThat(result(workflows.start("typed", 12), String.class)).isEqualTo("charged 12");
  }

  interface Payments {
    String charge(int amount);

    void ping();
  }

  static final class RealPayments implements Payments {
    @Override
    public String charge(int amount) {
      return "charged " + amount;
    }

    @Override
    public void ping() {}
  }

  @Test
  void stepsRunOnceAndKeepTheirFailures() {
    Workflows workflows =
        flow(
            "steps",
            (context, n) -> {
              int value = context.step("count", Integer.class, calls::incrementAndGet);
              try {
                context.step(
                    "fail",
                    () -> {
                      throw new IllegalStateException("no");
                    });
              } catch (TaskFailedException e) {
                value += 10;
              }
              context.sleep(Duration.ofDays(1));
              return value;
            });
    WorkflowRun run = workflows.start("steps", 0);
    host.pass(Duration.ofHours(1));
    restart(registryAgain(calls));
    assertThat(result(workflows().run(run.id()), Integer.class)).isEqualTo(11);
    assertThat(calls).hasValue(1);
  }

  private static Registry registryAgain(AtomicInteger calls) {
    return new Registry()
        .workflow(
            "steps",
            "",
            Integer.class,
            (context, n) -> {
              int value = context.step("count", Integer.class, calls::incrementAndGet);
              try {
                context.step("fail", calls::incrementAndGet);
              } catch (TaskFailedException e) {
                value += 10;
              }
              context.sleep(Duration.ofDays(1));
              return value;
            });
  }

  @Test
  void rerunTakesOverWhatCameBefore() {
    registry.activity("count", Integer.class, (context, n) -> calls.incrementAndGet());
    Workflows workflows =
        flow(
            "again",
            (context, n) -> {
              int first = context.call("count", 0, Integer.class).await();
              int second = context.call("count", 0, Integer.class).await();
              return first * 100 + second;
            });
    WorkflowRun run = workflows.start("again", 0);
    assertThat(result(run, Integer.class)).isEqualTo(102);
    assertThat(result(workflows.rerun(run.id(), 1, "again-2"), Integer.class)).isEqualTo(103);
    assertThat(result(workflows.rerun("again-2", 0, null), Integer.class)).isEqualTo(405);
    assertCode(ErrorCode.CONFLICT, () -> workflows.rerun(run.id(), 1, "again-2"));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> workflows.rerun(run.id(), 77, null));
  }

  @Test
  void rerunMayHandTheStepAnotherInput() {
    registry.workflow("child", "", Integer.class, (context, n) -> n * 1_000);
    Workflows workflows =
        flow(
            "feed",
            (context, n) -> {
              int first = context.call("inc", n, Integer.class).await();
              context.sleep(Duration.ofMinutes(1));
              int second = context.call("inc", first, Integer.class).await();
              return context.child("child", second, Integer.class).await() + first;
            });
    WorkflowRun run = workflows.start("feed", 0);
    assertThat(result(run, Integer.class)).isEqualTo(2_001);
    assertThat(result(workflows.rerunWithInput(run.id(), 2, "b", 10), Integer.class))
        .isEqualTo(11_001);
    assertThat(result(workflows.rerunWithInput("b", 3, "c", 20), Integer.class)).isEqualTo(20_001);
    assertThat(result(workflows.rerunWithInput(run.id(), 0, "d", 5), Integer.class))
        .isEqualTo(7_006);
    assertThatThrownBy(() -> workflows.rerunWithInput(run.id(), 1, "e", 5))
        .hasMessageContaining("step 1 has no input");
  }

  @Test
  void whatAHeartbeatSaidIsKnownToTheNextAttempt() {
    List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    registry.activity(
        "copy",
        Integer.class,
        (context, files) -> {
          int done = context.progress(Integer.class).orElse(0);
          seen.add(context.attempt() + ":" + done);
          if (context.attempt() == 2) {
            throw new java.io.IOException("failed before it said anything");
          }
          for (int i = done + 1; i <= files; i++) {
            context.heartbeat(i);
            if (i % 3 == 0) {
              throw new java.io.IOException("failed at " + i);
            }
          }
          return context.progress(Integer.class).orElseThrow();
        });
    Workflows workflows =
        flow(
            "copy",
            (context, n) -> context.call("copy", n, Integer.class, CallOptions.retry(5)).await());
    assertThat(result(workflows.start("copy", 8), Integer.class)).isEqualTo(8);
    assertThat(seen).containsExactly("1:0", "2:3", "3:3", "4:6");
  }

  @Test
  void finishedInstancesAreKeptAsLongAsTheirStatusSays() {
    options =
        options.withRetention(
            Map.of(
                WorkflowStatus.COMPLETED, Duration.ofDays(1),
                WorkflowStatus.FAILED, Duration.ofDays(30)));
    Workflows workflows =
        flow(
            "end",
            (context, n) -> {
              if (n == 0) {
                throw new IllegalStateException("zero");
              }
              return n == 1 ? 1 : context.event("never", Integer.class).await();
            });
    for (int n = 0; n < 3; n++) {
      workflows.start("end", n, StartOptions.id("n" + n));
    }
    workflows.terminate("n2", "enough");
    host.pass(Duration.ofHours(23));
    assertThat(workflows.count(WorkflowFilter.ALL)).isEqualTo(3);
    host.pass(Duration.ofHours(2));
    assertThat(workflows.find("n1")).isEmpty();
    assertThat(workflows.count(WorkflowFilter.ALL)).isEqualTo(2);
    host.pass(Duration.ofDays(40));
    assertThat(workflows.find("n0")).isEmpty();
    assertThat(workflows.find("n2")).as("for ever, because nothing is said").isPresent();
  }

  @Test
  void historyIsReadable() {
    Workflows workflows =
        flow("told", (context, n) -> context.call("inc", n, Integer.class).await());
    WorkflowRun run = workflows.start("told", 1);
    result(run, Integer.class);
    assertThat(workflows.history(run.id()))
        .extracting(entry -> entry.kind() + " " + entry.task() + " " + entry.detail())
        .containsExactly("ActivityScheduled 0 inc", "TaskCompleted 0 ", "Finished -1 ");
  }
}
