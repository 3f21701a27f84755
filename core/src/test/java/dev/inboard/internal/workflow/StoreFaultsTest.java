package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.local.workflow.InMemoryWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that fails, hangs, or is left in the middle of a write; on real threads in real time. */
@Timeout(120)
class StoreFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final WorkflowBackendDriver memory =
      new InMemoryWorkflowBackendProvider()
          .open(ComponentSpec.of("flows", "workflowbackend.in-memory", Map.of()));
  private final AtomicInteger failures = new AtomicInteger();
  private volatile String failing = "";
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  private volatile CompletableFuture<Void> createGate = CompletableFuture.completedFuture(null);
  private final CompletableFuture<Void> hold = new CompletableFuture<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<WorkflowEngine> engines = new ArrayList<>();

  @SuppressWarnings("FutureReturnValueIgnored") // it is what the driver would return
  private Object call(Method method, Object[] arguments) throws Throwable {
    if (failing.contains(method.getName()) && failures.getAndDecrement() > 0) {
      return CompletableFuture.failedFuture(
          new InboardException(ErrorCode.UNAVAILABLE, "flows", method.getName(), "no disk"));
    }
    Object answer;
    try {
      answer = method.invoke(memory, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (method.getName().equals("create")) {
      return ((CompletionStage<?>) answer).thenCombine(createGate, (outcome, open) -> outcome);
    }
    return method.getName().equals("commit")
        ? ((CompletionStage<?>) answer).thenCombine(gate, (outcome, open) -> outcome)
        : answer;
  }

  private Workflows start(WorkflowOptions options) {
    WorkflowBackendDriver driver =
        (WorkflowBackendDriver)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {WorkflowBackendDriver.class},
                (self, method, arguments) -> call(method, arguments));
    Registry registry =
        new Registry()
            .workflow(
                "steps",
                "",
                Integer.class,
                (context, n) -> {
                  int sum = 0;
                  for (int i = 0; i < n; i++) {
                    sum = context.call("inc", sum, Integer.class).await();
                  }
                  return sum;
                })
            .workflow(
                "wait",
                "",
                Integer.class,
                (context, n) -> {
                  int event = context.event("end", Integer.class).await();
                  return context.call("inc", event, Integer.class).await();
                })
            .workflow(
                "hold",
                "",
                Integer.class,
                (context, n) -> context.call("hold", n, Integer.class).await())
            .activity(
                "hold",
                Integer.class,
                (context, n) -> {
                  hold.join();
                  return n;
                })
            .activity(
                "inc",
                Integer.class,
                (context, n) -> {
                  calls.incrementAndGet();
                  return n + 1;
                });
    WorkflowEngine engine =
        new WorkflowEngine(
            "flows (workflowbackend.in-memory)",
            () -> driver,
            new SystemHost(Clock.systemUTC()),
            registry,
            options,
            new JsonCodec(new ObjectMapper()),
            "app");
    engines.add(engine);
    engine.start();
    return engine.workflows();
  }

  private Workflows start() {
    return start(WorkflowOptions.DEFAULT);
  }

  private void fail(String operations, int times) {
    failing = operations;
    failures.set(times);
  }

  @AfterEach
  void close() {
    gate.complete(null);
    createGate.complete(null);
    hold.complete(null);
    engines.forEach(WorkflowEngine::close);
    memory.close();
  }

  @Test
  void aSaveThatFailsIsTriedAgain() {
    Workflows workflows = start();
    WorkflowRun run = workflows.start("wait", 0);
    fail("commit", 5);
    CompletableFuture<Integer> result = run.result(Integer.class);
    raiseUntilStored(workflows, run.id());
    assertThat(run.await(Integer.class, PATIENCE)).isEqualTo(8);
    assertThat(result).isCompletedWithValue(8);
    assertThat(failures.get()).as("all faults were met").isNotPositive();
  }

  /** As an application would: again with the same message id until it is acknowledged. */
  private static void raiseUntilStored(Workflows workflows, String id) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              workflows.raise(id, "end", 7, "once");
              return true;
            });
  }

  @Test
  void aLoadThatFailsIsTriedAgain() {
    Workflows workflows = start(WorkflowOptions.DEFAULT.withMaxInMemory(1));
    WorkflowRun run = workflows.start("wait", 0);
    assertThat(workflows.start("steps", 3).await(Integer.class, PATIENCE)).isEqualTo(3);
    fail("load inbox claim get", 6);
    raiseUntilStored(workflows, run.id());
    failing = "load inbox claim";
    assertThat(run.await(Integer.class, PATIENCE)).isEqualTo(8);
  }

  @Test
  void anInstanceThatIsTakenOverWhileItIsStartedAgainGoesOn() {
    WorkflowOptions quick =
        WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(15), Duration.ofMillis(20));
    Workflows first = start(quick);
    first.start("steps", 3, StartOptions.id("done")).await(Integer.class, PATIENCE);
    gate = new CompletableFuture<>(); // leaves the instance between two steps, without a message
    first.start("steps", 8, StartOptions.id("x"));
    createGate = new CompletableFuture<>();
    CompletableFuture<WorkflowRun> again =
        start(quick).startAsync("steps", 8, StartOptions.once("x"));
    String before = owner("x");
    engines.get(0).close();
    gate.complete(null);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> !owner("x").isEmpty() && !owner("x").equals(before)); // the second claimed it
    createGate.complete(null);
    assertThat(again.join().await(Integer.class, PATIENCE)).isEqualTo(8);
  }

  @Test
  void anInstanceThatIsTakenOverBeforeItsSecondStartHasBegunGoesOn() {
    WorkflowOptions quick =
        WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(15), Duration.ofMillis(20));
    gate = new CompletableFuture<>(); // leaves the instance between two steps, without a message
    start(quick).start("steps", 8, StartOptions.id("x"));
    Workflows second = start(quick.withMaxInMemory(1));
    second.start("hold", 0); // the second start of the instance waits for the only slot
    CompletableFuture<WorkflowRun> again = second.startAsync("steps", 8, StartOptions.once("x"));
    String before = owner("x");
    engines.get(0).close();
    gate.complete(null);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> !owner("x").isEmpty() && !owner("x").equals(before)); // the second claimed it
    hold.complete(null);
    assertThat(again.join().await(Integer.class, PATIENCE)).isEqualTo(8);
  }

  @Test
  void whoTellsAnInstanceSomethingLearnsThatItCouldNotBeStored() {
    Workflows workflows = start();
    WorkflowRun run = workflows.start("wait", 0, StartOptions.id("x"));
    fail("commit", Integer.MAX_VALUE);
    assertThatThrownBy(() -> workflows.raise("x", "end", 7, "once"))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("tell workflow 'x'")
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("no disk");
    isRefused(() -> workflows.suspend("x"));
    isRefused(() -> workflows.terminate("x", "why not"));
    failing = "";
    raiseUntilStored(workflows, "x");
    assertThat(run.await(Integer.class, PATIENCE))
        .as("nothing that was refused is done later")
        .isEqualTo(8);
  }

  private static void isRefused(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(InboardException.class).hasMessageContaining("no disk");
  }

  private String owner(String id) {
    var stored = memory.get(id).toCompletableFuture().join().orElseThrow();
    return stored.ownership() == null ? "" : stored.ownership().node();
  }

  @Test
  void aStartThatCannotBeStoredFails() {
    Workflows workflows = start();
    fail("create", 1);
    assertThatThrownBy(() -> workflows.start("steps", 1, StartOptions.once("x")))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("no disk");
    assertThat(workflows.start("steps", 2, StartOptions.once("x")).await(Integer.class, PATIENCE))
        .isEqualTo(2);
  }

  @Test
  void anEngineThatCannotJoinDoesNotStartAndLeavesNoThread() {
    fail("join", 1);
    assertThatThrownBy(this::start).hasMessageContaining("no disk");
    engines.get(0).close();
    assertThat(start().start("steps", 1).await(Integer.class, PATIENCE)).isEqualTo(1);
  }

  @Test
  void whatIsBeingCommittedWhenTheEngineClosesIsNeitherLostNorDoneTwice() {
    Workflows workflows = start();
    WorkflowRun run = workflows.start("wait", 0, StartOptions.id("x"));
    gate = new CompletableFuture<>(); // the write takes effect, but nobody hears of it yet
    CompletableFuture<Void> raised = workflows.raiseAsync(run.id(), "end", 7, "once");
    engines.get(0).close();
    gate.complete(null);
    assertThat(raised).as("nobody is left waiting").isDone();
    Workflows again = start();
    raiseUntilStoredOrFinished(again, "x");
    assertThat(again.run("x").await(Integer.class, PATIENCE)).isEqualTo(8);
    assertThat(calls).as("the activity ran for the second engine only").hasValue(1);
    assertThat(again.history("x").stream().filter(entry -> entry.kind().equals("EventRaised")))
        .hasSize(1);
  }

  private static void raiseUntilStoredOrFinished(Workflows workflows, String id) {
    try {
      workflows.raise(id, "end", 7, "once");
    } catch (InboardException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
    }
  }

  @Test
  void closingDuringManyCommitsLosesNothing() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int life = 0; life < 4; life++) {
      Workflows workflows = start();
      CountDownLatch begun = new CountDownLatch(20);
      for (int i = 0; i < 50; i++) {
        String id = life + "/" + i;
        workflows
            .startAsync("steps", 20, StartOptions.once(id))
            .thenAccept(
                run -> {
                  synchronized (ids) {
                    ids.add(id);
                  }
                  begun.countDown();
                })
            .exceptionally(error -> null); // not acknowledged, so nobody may count on it
      }
      begun.await();
      engines.get(life).close();
    }
    Workflows last = start();
    for (String id : List.copyOf(ids)) {
      assertThat(last.run(id).await(Integer.class, PATIENCE)).isEqualTo(20);
    }
  }

  @Test
  void anInstanceThatKillsEveryNodeIsStoppedAndGoesOnWhenResumed() {
    WorkflowOptions options = WorkflowOptions.DEFAULT.withLimits(1_000, 1_000, 2);
    Workflows before = start(options);
    before.start("wait", 0, StartOptions.id("poison"));
    engines.get(0).close();
    SimulatedNodes nodes = new SimulatedNodes(memory);
    nodes.sendTo("poison");
    for (int i = 0; i < 4; i++) {
      nodes.takeAndDie();
    }
    Workflows workflows = start(options);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> workflows.find("poison").orElseThrow().status() == WorkflowStatus.STALLED);
    assertThat(String.valueOf(workflows.find("poison").orElseThrow().failure()))
        .contains("taken over from dead nodes")
        .contains("resume it");
    workflows.resume("poison");
    workflows.raise("poison", "end", 7);
    assertThat(workflows.run("poison").await(Integer.class, PATIENCE)).isEqualTo(8);
  }
}
