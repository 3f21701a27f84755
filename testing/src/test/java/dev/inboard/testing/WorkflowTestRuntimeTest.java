package dev.inboard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowRun;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WorkflowExtension.class)
class WorkflowTestRuntimeTest {
  @Test
  void aMonthPassesInMilliseconds(WorkflowTestRuntime runtime) {
    runtime.workflow(
        "month",
        Integer.class,
        (context, n) -> {
          for (int day = 0; day < 30; day++) {
            context.sleep(Duration.ofDays(1));
          }
          return n;
        });
    runtime.run("month", 1, Integer.class); // warms up
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long begin = System.nanoTime();
      assertThat(runtime.run("month", 7, Integer.class)).isEqualTo(7);
      best = Math.min(best, System.nanoTime() - begin);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void faultsAreInjected(WorkflowTestRuntime runtime) {
    runtime
        .activity(
            "charge", Integer.class, (context, n) -> "charged in attempt " + context.attempt())
        .workflow(
            "pay",
            Integer.class,
            (context, n) -> context.call("charge", n, String.class, CallOptions.retry(3)).await());
    runtime.faults().fail("charge", 2, () -> new IOException("down"));
    assertThat(runtime.run("pay", 1, String.class)).isEqualTo("charged in attempt 3");
  }

  @Test
  void anInstanceThatWaitsForAnEventIsReported(WorkflowTestRuntime runtime) {
    runtime.workflow(
        "wait", Integer.class, (context, n) -> context.event("go", Integer.class).await());
    WorkflowRun run = runtime.workflows().start("wait", 1);
    assertThatThrownBy(() -> runtime.result(run, Integer.class))
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    runtime.workflows().raise(run.id(), "go", 3);
    assertThat(runtime.result(run, Integer.class)).isEqualTo(3);
  }

  @Test
  void savedHistoryChecksChangedCode(WorkflowTestRuntime runtime) {
    runtime
        .activity("inc", Integer.class, (context, n) -> n + 1)
        .workflow(
            "flow", Integer.class, (context, n) -> context.call("inc", n, Integer.class).await());
    WorkflowRun run = runtime.workflows().start("flow", 1);
    runtime.result(run, Integer.class);
    byte[] saved = runtime.workflows().export(run.id());
    assertThat(runtime.replay(saved)).isEmpty();
    try (WorkflowTestRuntime changed = WorkflowTestRuntime.create()) {
      changed.workflow("flow", Integer.class, (context, n) -> n);
      assertThat(changed.replay(saved)).isPresent();
    }
  }

  @Test
  void randomEvictionFindsCodeThatIsNotDeterministic() {
    try (WorkflowTestRuntime runtime = WorkflowTestRuntime.withRandomEviction(3)) {
      int[] runs = new int[1];
      runtime
          .activity("even", Integer.class, (context, n) -> n)
          .activity("odd", Integer.class, (context, n) -> n)
          .workflow(
              "fickle",
              Integer.class,
              (context, n) -> {
                String name = runs[0]++ % 2 == 0 ? "even" : "odd";
                for (int i = 0; i < 20; i++) {
                  context.call(name, i, Integer.class).await();
                  context.sleep(Duration.ofMinutes(1));
                }
                return n;
              });
      WorkflowRun run = runtime.workflows().start("fickle", 1);
      runtime.passTime(Duration.ofMinutes(5));
      assertThat(runtime.workflows().find(run.id()).orElseThrow().failure().message())
          .contains("activity 'even'")
          .contains("activity 'odd'");
    }
  }

  @Test
  void aStoreThatFailsCostsNothingButTime() {
    try (WorkflowTestRuntime runtime = WorkflowTestRuntime.create()) {
      java.util.List<Integer> results = new java.util.ArrayList<>();
      runtime
          .workflow(
              "sum",
              Integer.class,
              (context, n) -> {
                int sum = 0;
                for (int i = 1; i <= n; i++) {
                  sum = context.call("add", sum, Integer.class).await();
                }
                return sum;
              })
          .workflow(
              "wait-and-sum",
              Integer.class,
              (context, n) -> {
                context.sleep(Duration.ofMinutes(1));
                return context.child("sum", 3, Integer.class).await();
              })
          .activity("add", Integer.class, (context, n) -> n + 1);
      WorkflowRun run = runtime.workflows().start("sum", 3);
      results.add(runtime.result(run, Integer.class));
      for (int round = 0; round < 3; round++) {
        WorkflowRun next =
            runtime.workflows().start("wait-and-sum", null, StartOptions.id("r" + round));
        BackendFaults faults = runtime.backendFaults();
        switch (round) {
          case 0 -> faults.loseWrites(4);
          case 1 -> faults.loseAnswers(4);
          default -> faults.failReads(4).loseWrites(1);
        }
        runtime.passTime(Duration.ofMinutes(10));
        results.add(runtime.result(next, Integer.class));
      }
      assertThat(results).containsExactly(3, 3, 3, 3);
    }
  }

  @Test
  void aStoreThatIsDownIsWaitedFor() {
    try (WorkflowTestRuntime runtime = WorkflowTestRuntime.create()) {
      runtime.workflow(
          "sleep",
          Integer.class,
          (context, n) -> {
            context.sleep(Duration.ofHours(1));
            context.sleep(Duration.ofHours(1));
            return n;
          });
      WorkflowRun run = runtime.workflows().start("sleep", 1);
      runtime.backendFaults().down();
      assertThatThrownBy(() -> runtime.workflows().start("sleep", 2))
          .hasMessageContaining("UNAVAILABLE");
      runtime.passTime(Duration.ofHours(5));
      runtime.backendFaults().up();
      assertThat(runtime.result(run, Integer.class)).isEqualTo(1);
    }
  }
}
