package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.await;
import static dev.inboard.spi.conformance.WorkflowBackendFixture.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.spi.Feature;
import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskClaims;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tasks that any node may claim: who gets them, when, and what becomes of their results. */
interface WorkflowQueueSuite extends WorkflowBackendFixture {
  Duration SHORT = Duration.ofMillis(400);
  Node ONE = new Node("one", LEASE);
  Node TWO = new Node("two", LEASE);
  Node FRAIL = new Node("frail", SHORT);

  boolean expectsTaskQueues();

  private TaskQueueWorkflowBackendDriver queues() {
    assumeTrue(expectsTaskQueues(), "the backend does not have TASK_QUEUES");
    return (TaskQueueWorkflowBackendDriver) driver();
  }

  private static QueuedTask task(String payload, int priority, Duration delay) {
    return new QueuedTask("q", priority, "send", 1, 0, 1, delay, bytes(payload));
  }

  private static QueuedTask task(String payload) {
    return task(payload, 0, Duration.ZERO);
  }

  /** Has an instance queue tasks with its next turn; says whether the turn was written. */
  private boolean queue(TurnDraft turn, QueuedTask... tasks) {
    return await(driver().commit(turn.turn().withTasks(List.of(tasks)))).committed();
  }

  /** Creates an instance that has queued one task for each payload. */
  private InstanceRecord asking(String id, String... payloads) {
    InstanceRecord record = owned(id, join("owner"));
    QueuedTask[] tasks =
        Arrays.stream(payloads).map(WorkflowQueueSuite::task).toArray(QueuedTask[]::new);
    assertThat(queue(turn(record), tasks)).isTrue();
    return get(id);
  }

  private static QueueDemand upTo(int max) {
    return new QueueDemand("q", max, 0, 0, Duration.ZERO);
  }

  private TaskClaims claimTasks(Node node, QueueDemand demand) {
    return await(queues().claimTasks(node, demand));
  }

  private List<ClaimedTask> claimTasks(Node node) {
    return claimTasks(node, upTo(100)).tasks();
  }

  private static String text(ClaimedTask task) {
    return new String(task.payload(), UTF_8);
  }

  private List<String> claimed(Node node) {
    return claimTasks(node).stream().map(WorkflowQueueSuite::text).toList();
  }

  private boolean complete(TaskClaim claim, String id) {
    return await(queues().completeTask(claim, new Message(id, "result", bytes("done"))));
  }

  @Test
  @DisplayName("a backend that declares task queues has them, and no other")
  default void taskQueuesAreDeclared() {
    assertThat(driver().features().contains(Feature.TASK_QUEUES)).isEqualTo(expectsTaskQueues());
    assertThat(driver() instanceof TaskQueueWorkflowBackendDriver).isEqualTo(expectsTaskQueues());
  }

  @Test
  @DisplayName("a task is there with the turn that asks for it, and not when that is fenced")
  default void taskComesWithTurn() {
    queues();
    InstanceRecord record = owned("a", join("n"));
    assertThat(queue(turn(record), task("x"))).isTrue();
    assertThat(queue(turn(record), task("fenced"))).isFalse();
    assertThat(claimed(ONE)).containsExactly("x");
    assertThat(claimed(ONE)).as("claimed already").isEmpty();
    assertThat(claimTasks(ONE, new QueueDemand("other", 1, 0, 0, Duration.ZERO)).tasks()).isEmpty();
  }

  @Test
  @DisplayName("a task is there with the creation whose first turn asks for it")
  default void taskComesWithCreation() {
    queues();
    Node node = join("n");
    TurnDraft first = new TurnDraft(new Ownership("a", 0, "n", 1), Progress.created(now()), now());
    Creation creation =
        new Creation(
            definition("a"), Reuse.ALLOW, node.id(), first.turn().withTasks(List.of(task("x"))));
    await(driver().create(creation));
    await(driver().create(creation));
    assertThat(claimed(ONE)).containsExactly("x");
  }

  @Test
  @DisplayName("lower priorities come first, and of one priority who came first")
  default void tasksComeInOrder() {
    queues();
    InstanceRecord a = owned("a", join("n"));
    InstanceRecord b = owned("b", join("n"));
    queue(turn(a), task("late", 7, Duration.ZERO), task("first", 0, Duration.ZERO));
    queue(
        turn(b),
        task("second", 0, Duration.ZERO),
        task("urgent", -1, Duration.ZERO),
        task("third", 0, Duration.ZERO));
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      claimTasks(ONE, upTo(2)).tasks().forEach(task -> order.add(text(task)));
    }
    assertThat(order).containsExactly("urgent", "first", "second", "third", "late");
  }

  @Test
  @DisplayName("no task is given to two nodes, however many claim at once")
  default void claimsAreExclusive() throws Exception {
    queues();
    int tasks = 300;
    String[] payloads = new String[tasks];
    for (int i = 0; i < tasks; i++) {
      payloads[i] = "t" + i;
    }
    asking("a", payloads);
    List<String> all =
        inParallel(
            8,
            thread -> {
              List<String> mine = new ArrayList<>();
              int misses = 0;
              while (misses < 3) {
                List<ClaimedTask> got = claimTasks(new Node("n" + thread, LEASE), upTo(7)).tasks();
                got.forEach(task -> mine.add(text(task)));
                misses = got.isEmpty() ? misses + 1 : 0;
              }
              return mine;
            });
    assertThat(all).hasSize(tasks).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("all nodes together never have more tasks than the concurrency of the queue")
  default void concurrencyIsGlobal() throws Exception {
    queues();
    String[] payloads = new String[60];
    Arrays.setAll(payloads, i -> "t" + i);
    asking("a", payloads);
    QueueDemand demand = new QueueDemand("q", 3, 5, 0, Duration.ZERO);
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<String> ids = new HashSet<>();
    List<String> all =
        inParallel(
            6,
            thread -> {
              List<String> mine = new ArrayList<>();
              Node node = new Node("n" + thread, LEASE);
              while (!await(queues().queues()).isEmpty()) {
                List<ClaimedTask> got = claimTasks(node, demand).tasks();
                most.accumulateAndGet(held.addAndGet(got.size()), Math::max);
                for (ClaimedTask task : got) {
                  mine.add(text(task));
                  Message result = new Message("a", text(task), bytes("done"));
                  held.decrementAndGet(); // before others can know
                  assertThat(await(queues().completeTask(task.claim(), result))).isTrue();
                }
              }
              return mine;
            });
    ids.addAll(all);
    assertThat(ids).hasSize(60);
    assertThat(all).hasSize(60);
    assertThat(most.get()).isBetween(1, 5);
    assertThat(inbox("a")).hasSize(60);
  }

  private static List<String> inParallel(int threads, Worker worker) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<List<String>>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        work.add(() -> worker.work(thread));
      }
      List<String> all = new ArrayList<>();
      for (Future<List<String>> done : executor.invokeAll(work)) {
        all.addAll(done.get());
      }
      return all;
    } finally {
      executor.shutdownNow();
    }
  }

  /** What one of many threads does. */
  @FunctionalInterface
  interface Worker {
    List<String> work(int thread) throws Exception;
  }

  @Test
  @DisplayName("a full queue gives the next task when one is done, or given back")
  default void roomIsGivenAgain() {
    queues();
    asking("a", "x", "y", "z");
    QueueDemand one = new QueueDemand("q", 10, 1, 0, Duration.ZERO);
    ClaimedTask x = claimTasks(ONE, one).tasks().get(0);
    assertThat(claimTasks(TWO, one).tasks()).isEmpty();
    assertThat(complete(x.claim(), "a")).isTrue();
    ClaimedTask y = claimTasks(TWO, one).tasks().get(0);
    assertThat(text(y)).isEqualTo("y");
    await(queues().releaseTasks(Set.of(y.claim(), x.claim())));
    ClaimedTask again = claimTasks(ONE, one).tasks().get(0);
    assertThat(text(again)).isEqualTo("y");
    assertThat(again.recoveries()).isZero();
    assertThat(again.claim().epoch()).isGreaterThan(y.claim().epoch());
  }

  @Test
  @DisplayName("within any period all nodes together claim no more than the rate")
  default void rateIsGlobal() throws InterruptedException {
    queues();
    asking("a", "t0", "t1", "t2", "t3", "t4", "t5");
    Duration period = Duration.ofMillis(700);
    QueueDemand demand = new QueueDemand("q", 2, 0, 3, period);
    assertThat(claimTasks(ONE, demand).tasks()).hasSize(2);
    TaskClaims second = claimTasks(TWO, demand);
    assertThat(second.tasks()).hasSize(1);
    assertThat(second.nextIn()).isPositive().isLessThanOrEqualTo(period);
    complete(second.tasks().get(0).claim(), "a"); // what is done counts all the same
    assertThat(claimTasks(ONE, demand).tasks()).isEmpty();
    passTime(period.plusMillis(20));
    assertThat(claimTasks(ONE, demand).tasks()).hasSize(2);
    assertThat(claimTasks(TWO, demand).tasks()).hasSize(1);
  }

  @Test
  @DisplayName("a task with a delay is claimed when that is over")
  default void delayedTaskWaits() throws InterruptedException {
    queues();
    InstanceRecord record = owned("a", join("n"));
    Duration delay = Duration.ofMillis(300);
    queue(turn(record), task("later", -5, delay), task("now"));
    TaskClaims first = claimTasks(ONE, upTo(5));
    assertThat(first.tasks()).extracting(WorkflowQueueSuite::text).containsExactly("now");
    assertThat(first.nextIn()).isPositive().isLessThanOrEqualTo(delay);
    passTime(delay);
    assertThat(claimed(ONE)).containsExactly("later");
  }

  @Test
  @DisplayName("the result removes the task and is in the inbox; it counts once")
  default void resultIsDelivered() {
    queues();
    InstanceRecord record = asking("a", "x");
    commit(turn(record).releases());
    TaskClaim claim = claimTasks(ONE).get(0).claim();
    assertThat(complete(claim, "a")).isTrue();
    assertThat(complete(claim, "a")).isFalse();
    assertThat(load("a").inbox()).extracting(InboxMessage::messageId).containsExactly("result");
    assertThat(claimedIds(join("n"))).as("who needs attention").containsExactly("a");
    assertThat(await(queues().queues())).isEmpty();
  }

  @Test
  @DisplayName("a claim that is not renewed runs out; whoever comes late changes nothing")
  default void lostClaimIsFenced() throws InterruptedException {
    queues();
    asking("a", "x");
    ClaimedTask first = claimTasks(FRAIL).get(0);
    assertThat(first.recoveries()).isZero();
    passTime(SHORT.plusMillis(50));
    ClaimedTask second = claimTasks(TWO).get(0);
    assertThat(second.claim().number()).isEqualTo(first.claim().number());
    assertThat(second.claim().epoch()).isGreaterThan(first.claim().epoch());
    assertThat(second.recoveries()).isEqualTo(1);
    assertThat(complete(first.claim(), "a")).isFalse();
    assertThat(await(queues().renewTasks(FRAIL, Set.of(), Set.of(first.claim())))).isEmpty();
    await(queues().releaseTasks(Set.of(first.claim())));
    assertThat(inbox("a")).isEmpty();
    assertThat(complete(second.claim(), "a")).isTrue();
  }

  @Test
  @DisplayName("a claim lasts as long as it is renewed")
  default void renewedClaimLasts() throws InterruptedException {
    queues();
    asking("a", "x");
    TaskClaim claim = claimTasks(FRAIL).get(0).claim();
    for (int i = 0; i < 3; i++) {
      passTime(SHORT.dividedBy(2));
      assertThat(await(queues().renewTasks(FRAIL, Set.of(), Set.of(claim)))).containsOnly(claim);
      assertThat(claimTasks(TWO)).isEmpty();
    }
    assertThat(complete(claim, "a")).isTrue();
  }

  @Test
  @DisplayName(
      "a task goes with its instance: at its end, with a new generation, when it is deleted")
  default void taskGoesWithInstance() {
    queues();
    InstanceRecord ended = asking("ended", "x", "y");
    InstanceRecord anew = asking("anew", "x", "y");
    asking("purged", "x", "y");
    asking("other", "stays");
    List<ClaimedTask> running = claimTasks(ONE, upTo(5)).tasks();
    commit(turn(ended).ends(InstanceStatus.TERMINATED));
    queue(turn(anew).continuesAsNew(), task("next"));
    await(driver().purge("purged", true));
    for (ClaimedTask task : running) {
      assertThat(complete(task.claim(), "anew")).isFalse();
    }
    assertThat(await(queues().renewTasks(ONE, Set.of(), claims(running)))).isEmpty();
    assertThat(claimed(TWO)).containsExactly("stays", "next");
    assertThat(inbox("anew")).isEmpty();
  }

  private static Set<TaskClaim> claims(List<ClaimedTask> tasks) {
    Set<TaskClaim> claims = new HashSet<>();
    tasks.forEach(task -> claims.add(task.claim()));
    return claims;
  }

  @Test
  @DisplayName("what a node leaves claimed is claimed by others at once")
  default void leftTasksAreClaimed() {
    queues();
    asking("a", "x");
    Node node = join("n");
    TaskClaim claim = claimTasks(node).get(0).claim();
    await(driver().leave("n"));
    assertThat(claimed(TWO)).containsExactly("x");
    assertThat(complete(claim, "a")).isFalse();
  }

  @Test
  @DisplayName("what waits in a queue is told, and whether anybody listens")
  default void statesAreTold() throws InterruptedException {
    queues();
    assertThat(await(queues().queues())).isEmpty();
    asking("a", "x", "y", "z");
    claimTasks(ONE, upTo(1));
    passTime(Duration.ofMillis(30));
    QueueState state = await(queues().queues()).get(0);
    assertThat(state.queue()).isEqualTo("q");
    assertThat(state.waiting()).isEqualTo(2);
    assertThat(state.running()).isEqualTo(1);
    assertThat(state.oldest()).isPositive();
    assertThat(state.listened()).isFalse();
    await(queues().renewTasks(FRAIL, Set.of("q", "r"), Set.of()));
    assertThat(await(queues().queues()).get(0).listened()).isTrue();
    passTime(SHORT.plusMillis(50));
    assertThat(await(queues().queues()).get(0).listened()).isFalse();
  }
}
