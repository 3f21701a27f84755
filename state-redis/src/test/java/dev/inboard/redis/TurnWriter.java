package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;

/** Writes turns as the engine does: after a failure it reads what is stored and goes on there. */
final class TurnWriter extends Thread {
  static final int TURNS = 500;

  private final WorkflowBackendDriver driver;
  private final Queue<Throwable> unexpected;
  private InstanceRecord record;
  private final AtomicLong acknowledged = new AtomicLong();

  TurnWriter(WorkflowBackendDriver driver, InstanceRecord record, Queue<Throwable> unexpected) {
    this.driver = driver;
    this.record = record;
    this.unexpected = unexpected;
  }

  static InstanceRecord create(WorkflowBackendDriver driver, Node node, String id) {
    Instant now = Instant.now();
    InstanceDefinition definition =
        new InstanceDefinition(id, "flow", "", "run-of-" + id, null, null, Map.of(), now, now);
    return await(driver.create(new Creation(definition, Reuse.ALLOW, node.id(), null))).record();
  }

  /** The next turn of an instance: one line of history, and a message if there is a target. */
  static Turn turn(Ownership right, Progress before, String target) {
    return turn(right, before, target, InstanceStatus.RUNNING);
  }

  /** The last turn of an instance. */
  static Turn end(Ownership right, Progress before) {
    return turn(right, before, "", InstanceStatus.COMPLETED);
  }

  private static Turn turn(Ownership right, Progress before, String target, InstanceStatus status) {
    byte[] line = ("line " + (before.turn() + 1)).getBytes(UTF_8);
    Instant now = Instant.now();
    Progress after =
        new Progress(
            status,
            1,
            before.turn() + 1,
            null,
            "",
            null,
            null,
            now,
            now,
            status.isFinished() ? now : null,
            before.events() + 1,
            before.historyBytes() + line.length);
    List<Message> messages =
        target.isEmpty()
            ? List.of()
            : List.of(new Message(target, right.id() + "-" + after.turn(), line));
    return new Turn(
        right,
        before.turn(),
        after,
        null,
        line,
        null,
        false,
        false,
        List.of(),
        messages,
        List.of());
  }

  static long acknowledged(List<TurnWriter> writers) {
    return writers.stream().mapToLong(writer -> writer.acknowledged.get()).sum();
  }

  @Override
  public void run() {
    while (record.progress().turn() < TURNS) {
      try {
        if (await(driver.commit(turn(record.ownership(), record.progress(), ""))).committed()) {
          acknowledged.incrementAndGet();
        }
        InstanceRecord stored = await(driver.get(record.id())).orElseThrow();
        if (stored.progress().turn() < acknowledged.get()) {
          unexpected.add(new AssertionError(stored + " is behind " + acknowledged));
          return;
        }
        record = stored;
      } catch (InboardException e) {
        if (!e.code().isTransient()) {
          unexpected.add(e);
          return;
        }
        refresh();
      }
    }
  }

  private void refresh() {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> {
              record = await(driver.get(record.id())).orElseThrow();
              return true;
            });
  }

  /** Makes sure that every turn is stored once, in order. */
  void assertComplete() {
    List<byte[]> history = await(driver.load(record.id())).orElseThrow().history();
    assertThat(history).hasSize(TURNS);
    for (int n = 0; n < TURNS; n++) {
      assertThat(new String(history.get(n), UTF_8)).isEqualTo("line " + (n + 1));
    }
  }
}
