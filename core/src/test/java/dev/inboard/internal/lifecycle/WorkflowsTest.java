package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.state.StateStore;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workflows as a block of a runtime. */
class WorkflowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Running running = new Running();

  @BeforeEach
  void addProvider() {
    running.providers.add(new InMemoryWorkflowBackendProvider());
  }

  private void addCode() {
    running
        .workflows
        .workflow(
            "add", "", Integer.class, (context, n) -> context.call("inc", n, Integer.class).await())
        .activity("inc", Integer.class, (context, n) -> n + 1);
  }

  @Test
  void theyRunOnTheComponentOfTheFile() {
    addCode();
    running.with("flows", "workflowbackend.in-memory");
    try (InboardRuntime runtime = running.start()) {
      assertThat(runtime.workflows().start("add", 1).await(Integer.class, PATIENCE)).isEqualTo(2);
      assertThat(runtime.health(PATIENCE).components())
          .anySatisfy(component -> assertThat(component.name()).isEqualTo("flows"));
    }
  }

  @Test
  void withoutCodeThereIsNoClient() {
    running.with("flows", "workflowbackend.in-memory");
    try (InboardRuntime runtime = running.start()) {
      assertThatThrownBy(runtime::workflows)
          .hasMessage(
              "workflows failed: NOT_FOUND: no workflow is registered; call Inboard.builder().workflow(…) before the"
                  + " start");
    }
  }

  @Test
  void aClosedRuntimeSaysSo() {
    addCode();
    running.with("flows", "workflowbackend.in-memory");
    InboardRuntime runtime = running.start();
    runtime.close();
    assertThatThrownBy(runtime::workflows)
        .hasMessage("workflows failed: CANCELLED: the runtime is closed; start another");
  }

  @Test
  void theEmbeddedBackendNeedsItsArtifact() {
    addCode();
    assertRefused(
        "embedded defaults: workflows (workflowbackend.sqlite): no provider found for this type;"
            + " add the dependency dev.inboard:inboard-state-sqlite");
  }

  @Test
  void theNameOfTheEmbeddedBackendMustBeFree() {
    addCode();
    running.with("workflows", "state.test");
    assertRefused(
        "1.yaml:1: workflows (state.test): has the name of the embedded workflow backend; choose another name,"
            + " or add a component of type workflowbackend.…");
  }

  @Test
  void oneBackendIsEnough() {
    addCode();
    running.with("flows", "workflowbackend.in-memory").with("more", "workflowbackend.in-memory");
    assertRefused(
        "2.yaml:1: more (workflowbackend.in-memory): 'flows' is the workflow backend already; an application has"
            + " one; remove one of them, or give each its scopes");
  }

  @Test
  void aBackendOfAnotherApplicationIsNotReplacedInSilence() {
    addCode();
    running.with(Running.component("flows", "workflowbackend.in-memory") + "scopes: [billing]\n");
    assertThatThrownBy(running::start)
        .hasMessageContaining("there are workflows, but the workflow backend 'flows' ")
        .hasMessageContaining("change that, or add a workflow backend for this application");
  }

  @Test
  void limitsOfUnknownActivitiesAreRefused() {
    addCode();
    running.with("flows", "workflowbackend.in-memory");
    running.workflowOptions = WorkflowOptions.DEFAULT.withActivityLimits(Map.of("icn", 2));
    assertRefused(
        "builder: the limit of the activity 'icn' is for one that is not registered; did you mean 'inc'?");
  }

  @Test
  void misspeltTypesOfBackendsGetTheNearestOne() {
    addCode();
    running.with("flows", "workflowbackend.sqlit");
    assertThatThrownBy(running::start)
        .hasMessageContaining("did you mean 'workflowbackend.sqlite'?");
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(running::start)
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessage("start failed: INVALID_ARGUMENT: 1 problem:\n  " + problem);
  }

  @Test
  void closingWaitsForActivitiesWhileTheComponentsAreStillOpen() throws Exception {
    CountDownLatch atWork = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<StateStore> store = new AtomicReference<>();
    running
        .workflows
        .workflow(
            "save",
            "",
            String.class,
            (context, key) -> context.call("save", key, Void.class).await())
        .activity(
            "save",
            String.class,
            (context, key) -> {
              atWork.countDown();
              goOn.await();
              store.get().save(key, "saved");
              return null;
            });
    running.drainTimeout = PATIENCE;
    running.with("flows", "workflowbackend.in-memory").with("orders", "state.test");
    InboardRuntime runtime = running.start();
    store.set(runtime.stateStore("orders"));
    WorkflowRun run = runtime.workflows().start("save", "k");
    CompletableFuture<Void> result = run.result(Void.class);
    atWork.await();
    Thread closer = new Thread(runtime::close);
    closer.start();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> closed(runtime)); // refuses new calls, so it is closing
    goOn.countDown();
    closer.join(PATIENCE.toMillis());
    assertThat(closer.isAlive()).isFalse();
    assertThat(result).isCompleted();
    assertThat(running.provider.diary).contains("close orders");
  }

  private static boolean closed(InboardRuntime runtime) {
    try {
      runtime.workflows();
      return false;
    } catch (InboardException e) {
      return e.code() == ErrorCode.CANCELLED;
    }
  }

  @Test
  void startStopStartLeavesNoThread() {
    addCode();
    running.workflows.workflow(
        "wait", "", Integer.class, (context, n) -> context.event("end", Integer.class).await());
    running.with("flows", "workflowbackend.in-memory");
    for (int i = 0; i < 5; i++) {
      try (InboardRuntime runtime = running.start()) {
        assertThat(runtime.workflows().start("add", i).await(Integer.class, PATIENCE))
            .isEqualTo(i + 1);
        runtime.workflows().start("wait", i, StartOptions.id("waiting"));
      }
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .noneMatch(
                        name ->
                            name.startsWith("inboard-shop-")
                                || name.startsWith("inboard-workflow-")
                                || name.startsWith("inboard-activity-")));
  }
}
