package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Code that changes under the instances that run it. */
class DeterminismTest extends EngineFixture {
  private static final Workflow<Integer, Integer> ORIGINAL =
      (context, n) -> {
        int one = context.call("inc", n, Integer.class).await();
        context.sleep(Duration.ofHours(1));
        return context.call("inc", one, Integer.class).await();
      };

  private static Registry code(Workflow<Integer, ?> workflow) {
    return new Registry()
        .workflow("flow", "", Integer.class, workflow)
        .activity("inc", Integer.class, (context, n) -> n + 1)
        .activity("dec", Integer.class, (context, n) -> n - 1);
  }

  private WorkflowRun halfWay(Workflow<Integer, ?> workflow) {
    registry
        .workflow("flow", "", Integer.class, workflow)
        .activity("inc", Integer.class, (context, n) -> n + 1)
        .activity("dec", Integer.class, (context, n) -> n - 1);
    WorkflowRun run = workflows().start("flow", 1);
    host.pass(Duration.ofMinutes(1));
    return run;
  }

  @TestFactory
  Stream<DynamicTest> everyKindOfChangeIsFoundWithBothSides() {
    Map<String, Workflow<Integer, ?>> changed =
        Map.of(
            "renamed activity",
            (context, n) -> context.call("dec", n, Integer.class).await(),
            "removed step",
            (context, n) -> {
              context.sleep(Duration.ofHours(1));
              return n;
            },
            "added step",
            (context, n) -> {
              context.call("inc", n, Integer.class);
              context.call("dec", n, Integer.class);
              context.sleep(Duration.ofHours(1));
              return n;
            },
            "changed kind",
            (context, n) -> context.child("inc", n, Integer.class).await(),
            "earlier end",
            (context, n) -> n,
            "extra timer",
            (context, n) -> {
              context.timer(Duration.ofMinutes(5));
              return ORIGINAL.run(context, n);
            });
    return changed.entrySet().stream()
        .map(
            change ->
                DynamicTest.dynamicTest(
                    change.getKey(),
                    () -> {
                      DeterminismTest world = new DeterminismTest();
                      try {
                        world.stallsAndRecovers(change.getValue());
                      } finally {
                        world.close();
                      }
                    }));
  }

  @Test
  void codeThatReadsTheClockIsFoundOnReplay() {
    Workflow<Integer, Integer> hasty =
        (context, n) -> {
          boolean early = host.clock().instant().isBefore(START.plusSeconds(30));
          int one = context.call(early ? "inc" : "dec", n, Integer.class).await();
          context.sleep(Duration.ofHours(1));
          return one;
        };
    WorkflowRun run = halfWay(hasty);
    Workflows workflows = restart(code(hasty));
    host.pass(Duration.ofHours(2));
    WorkflowSnapshot stalled = workflows.find(run.id()).orElseThrow();
    assertThat(stalled.status()).isEqualTo(WorkflowStatus.STALLED);
    assertThat(stalled.failure().message()).contains("activity 'inc'").contains("activity 'dec'");
  }

  private void stallsAndRecovers(Workflow<Integer, ?> changed) {
    WorkflowRun run = halfWay(ORIGINAL);
    Workflows workflows = restart(code(changed));
    host.pass(Duration.ofHours(2));
    WorkflowSnapshot stalled = workflows.find(run.id()).orElseThrow();
    assertThat(stalled.status()).isEqualTo(WorkflowStatus.STALLED);
    assertThat(stalled.failure().message()).contains("history").contains("code");

    workflows = restart(code(ORIGINAL));
    host.pass(Duration.ofMinutes(2));
    assertThat(result(workflows.run(run.id()), Integer.class)).isEqualTo(3);
  }

  @Test
  void missingVersionStallsAndRecovers() {
    registry
        .workflow("flow", "v1", Integer.class, ORIGINAL)
        .activity("inc", Integer.class, (context, n) -> n + 1);
    WorkflowRun run = workflows().start("flow", 1);
    host.pass(Duration.ofMinutes(1));
    Workflows workflows =
        restart(new Registry().workflow("flow", "v2", Integer.class, (context, n) -> n));
    host.pass(Duration.ofHours(2));
    assertThat(workflows.find(run.id()).orElseThrow().failure().message())
        .contains("version 'v1'")
        .contains("[v2]");
    Registry both =
        code(ORIGINAL)
            .workflow("flow", "v1", Integer.class, ORIGINAL)
            .workflow("flow", "v2", Integer.class, (context, n) -> n * 100);
    workflows = restart(both);
    host.pass(Duration.ofMinutes(2));
    assertThat(result(workflows.run(run.id()), Integer.class)).isEqualTo(3);
    assertThat(result(workflows.start("flow", 2), Integer.class)).isEqualTo(200);
  }

  @Test
  void stalledInstanceCanBeTerminatedAndResumed() {
    WorkflowRun run = halfWay(ORIGINAL);
    Workflows workflows =
        restart(code((context, n) -> context.call("dec", n, Integer.class).await()));
    host.pass(Duration.ofHours(2));
    workflows.resume(run.id());
    assertThat(workflows.find(run.id()).orElseThrow().status()).isEqualTo(WorkflowStatus.STALLED);
    workflows.terminate(run.id(), "hopeless");
    assertThat(failure(run(workflows, run)).status()).isEqualTo(WorkflowStatus.TERMINATED);
  }

  private static WorkflowRun run(Workflows workflows, WorkflowRun before) {
    return workflows.run(before.id());
  }

  @Test
  void patchedCodeServesOldAndNewInstances() {
    WorkflowRun old = halfWay(ORIGINAL);
    Workflow<Integer, Integer> patched =
        (context, n) -> {
          if (context.patched("tenfold")) {
            n = n * 10;
          }
          return ORIGINAL.run(context, n);
        };
    Workflows workflows = restart(code(patched));
    WorkflowRun fresh = workflows.start("flow", 1);
    assertThat(result(workflows.run(old.id()), Integer.class)).isEqualTo(3);
    assertThat(result(fresh, Integer.class)).isEqualTo(12);
  }

  @Test
  void versionBelowTheMinimumStalls() {
    WorkflowRun old =
        halfWay(
            (context, n) -> {
              context.version("step", 0, 1);
              return ORIGINAL.run(context, n);
            });
    Workflows workflows =
        restart(
            code(
                (context, n) -> {
                  context.version("step", 2, 3);
                  return ORIGINAL.run(context, n);
                }));
    host.pass(Duration.ofHours(2));
    assertThat(workflows.find(old.id()).orElseThrow().failure().message())
        .contains("version 1")
        .contains("2 to 3");
  }

  @Test
  void unknownEventKindStalls() {
    assertThat(
            RecordedTurnTest.failure(
                List.of(new HistoryEvent.TurnStarted(1), new HistoryEvent.Unknown(99))))
        .contains("kind 99");
  }

  @Test
  void exportedInstanceIsReplayed() {
    WorkflowRun run = halfWay(ORIGINAL);
    byte[] export = workflows().export(run.id());
    JsonCodec codec = new JsonCodec(new ObjectMapper());
    assertThat(Replay.of(export, code(ORIGINAL), codec)).isEmpty();
    assertThat(Replay.of(export, code((context, n) -> n), codec))
        .hasValueSatisfying(reason -> assertThat(reason).contains("activity 'inc'"));
  }

  @Test
  void randomAndTimeAreTheSameOnReplay() {
    Workflow<Integer, String> dice =
        (context, n) -> {
          String before =
              context.newUuid() + " " + context.random().nextInt() + " " + context.now();
          context.sleep(Duration.ofDays(1));
          return before;
        };
    WorkflowRun run = halfWay(dice);
    byte[] early = workflows().export(run.id());
    String hot = result(run, String.class);
    assertThat(Replay.of(early, code(dice), new JsonCodec(new ObjectMapper()))).isEmpty();
    WorkflowRun other = workflows().start("flow", 1);
    Workflows again = restart(code(dice));
    assertThat(result(again.run(other.id()), String.class)).isNotEqualTo(hot);
  }
}
