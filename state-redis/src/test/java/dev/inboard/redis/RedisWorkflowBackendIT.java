package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InboxMessage;
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
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code workflowbackend.redis} asks of the server, and how it gets over its failures. */
class RedisWorkflowBackendIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Node NODE = new Node("n", Duration.ofMinutes(10));

  @RegisterExtension static final RedisServer redis = RedisServer.create();

  @BeforeEach
  void clear() {
    redis.start();
    redis.command("FLUSHALL", "CONFIG SET maxmemory-policy noeviction");
  }

  private static WorkflowBackendDriver open(String... more) {
    List<String> fields = new ArrayList<>(List.of("redisHost", redis.address()));
    fields.addAll(List.of(more));
    WorkflowBackendDriver driver = TestComponents.workflows(fields.toArray(String[]::new));
    await(driver.join(NODE));
    return driver;
  }

  private static InboardException failureOf(Runnable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call::run);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  private static InstanceRecord create(WorkflowBackendDriver driver, String id) {
    Instant now = Instant.now();
    InstanceDefinition definition =
        new InstanceDefinition(id, "flow", "", "run-of-" + id, null, null, Map.of(), now, now);
    CreateOutcome outcome =
        await(driver.create(new Creation(definition, Reuse.ALLOW, NODE.id(), null)));
    return outcome.record();
  }

  /** The next turn of an instance: one line of history, and a message if there is a target. */
  private static Turn turn(Ownership right, Progress before, String target) {
    byte[] line = ("line " + (before.turn() + 1)).getBytes(UTF_8);
    Instant now = Instant.now();
    Progress after =
        new Progress(
            InstanceStatus.RUNNING,
            1,
            before.turn() + 1,
            null,
            "",
            null,
            null,
            now,
            now,
            null,
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

  @Test
  @DisplayName("a server that would forget by a restart is refused, unless the component says so")
  void serverWithoutPersistenceIsRefused() {
    redis.command("CONFIG SET appendonly no");
    try {
      InboardException failure = failureOf(RedisWorkflowBackendIT::open);
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure).hasMessageContaining("set 'appendonly yes'");
      open("allowDataLoss", "true").close();
    } finally {
      redis.command("CONFIG SET appendonly yes");
    }
  }

  @Test
  @DisplayName("a server that evicts keys is refused")
  void evictingServerIsRefused() {
    redis.command("CONFIG SET maxmemory-policy allkeys-lru");
    assertThat(failureOf(RedisWorkflowBackendIT::open)).hasMessageContaining("noeviction");
  }

  @Test
  @DisplayName("nodes that spread the same workflows in different ways are kept apart")
  void shardsMustAgree() {
    open("shards", "8").close();
    assertThat(failureOf(RedisWorkflowBackendIT::open)).hasMessageContaining("set 'shards' to 8");
    open("shards", "8").close();
    open("workflowPrefix", "other").close();
  }

  @Test
  @DisplayName("what a turn sends survives its node: another one relays it, once")
  void stoppedRelayIsTakenUp() {
    try (WorkflowBackendDriver driver = open();
        RawRedis raw = RawRedis.connect("redisHost", redis.address())) {
      create(driver, "target");
      InstanceRecord source = create(driver, "source");
      Ownership right = source.ownership();
      String tag = tag("source");
      String number = "7";
      Message message = new Message("target", "hello", "hi".getBytes(UTF_8));
      byte[] prefix = (number + ":").getBytes(UTF_8);
      byte[] body = WorkflowBytes.of(message);
      byte[] entry = new byte[prefix.length + body.length];
      System.arraycopy(prefix, 0, entry, 0, prefix.length);
      System.arraycopy(body, 0, entry, prefix.length, body.length);
      // As a node leaves it that dies between its turn and the relay.
      await(raw.commands().rpush(tag + ":o:source", entry));
      await(raw.commands().zadd(tag + ":out", 1, "source".getBytes(UTF_8)));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                await(driver.claim(NODE.id(), 10));
                assertThat(await(driver.inbox("target")))
                    .extracting(InboxMessage::messageId)
                    .containsExactly("hello");
              });
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(redis.command("EXISTS " + tag + ":o:source")).isEqualTo("0"));
      // Relayed again after it was read, it is known.
      List<InboxMessage> read = await(driver.inbox("target"));
      InstanceRecord target = await(driver.get("target")).orElseThrow();
      Turn reading = turn(target.ownership(), target.progress(), "");
      await(
          driver.commit(
              new Turn(
                  reading.ownership(),
                  reading.number(),
                  reading.progress(),
                  null,
                  reading.history(),
                  null,
                  false,
                  false,
                  read.stream().map(InboxMessage::number).toList(),
                  List.of(),
                  List.of())));
      await(raw.commands().rpush(tag + ":o:source", entry));
      assertThat(await(driver.commit(turn(right, source.progress(), "target"))).committed())
          .isTrue();
      assertThat(await(driver.inbox("target")))
          .extracting(InboxMessage::messageId)
          .containsExactly("source-1");
    }
  }

  private static String tag(String id) {
    return "{wf:app:" + io.lettuce.core.cluster.SlotHash.getSlot(id) % 16 + "}";
  }

  @Test
  @DisplayName("a server that forgets its scripts is given them again")
  void forgottenScripts() {
    try (WorkflowBackendDriver driver = open()) {
      InstanceRecord record = create(driver, "a");
      redis.command("SCRIPT FLUSH");
      assertThat(await(driver.commit(turn(record.ownership(), record.progress(), ""))).committed())
          .isTrue();
    }
  }

  @Test
  @DisplayName("killed and restarted during load, the server has every acknowledged turn, once, in order")
  void acknowledgedTurnsSurviveACrash() throws Exception {
    try (WorkflowBackendDriver driver = open()) {
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<Writer> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(new Writer(driver, create(driver, "w" + w), unexpected));
      }
      writers.forEach(Thread::start);
      for (int crash = 0; crash < 2; crash++) {
        long target = acknowledged(writers) + 200;
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    acknowledged(writers) >= target
                        || writers.stream().noneMatch(Thread::isAlive));
        redis.kill();
        redis.start();
      }
      for (Writer writer : writers) {
        writer.join();
      }
      assertThat(unexpected).isEmpty();
      for (Writer writer : writers) {
        List<byte[]> history = await(driver.load(writer.id)).orElseThrow().history();
        assertThat(history).hasSize(Writer.TURNS);
        for (int n = 0; n < history.size(); n++) {
          assertThat(new String(history.get(n), UTF_8)).isEqualTo("line " + (n + 1));
        }
      }
    }
  }

  private static long acknowledged(List<Writer> writers) {
    return writers.stream().mapToLong(writer -> writer.acknowledged).sum();
  }

  /** Writes turns as the engine does: after a failure it reads what is stored and goes on there. */
  private static final class Writer extends Thread {
    static final int TURNS = 500;
    final String id;
    private final WorkflowBackendDriver driver;
    private final Queue<Throwable> unexpected;
    private InstanceRecord record;
    volatile long acknowledged;

    Writer(WorkflowBackendDriver driver, InstanceRecord record, Queue<Throwable> unexpected) {
      this.driver = driver;
      this.record = record;
      this.id = record.id();
      this.unexpected = unexpected;
    }

    @Override
    public void run() {
      while (record.progress().turn() < TURNS) {
        try {
          Turn turn = turn(record.ownership(), record.progress(), "");
          if (await(driver.commit(turn)).committed()) {
            acknowledged++;
          }
          InstanceRecord stored = await(driver.get(id)).orElseThrow();
          if (stored.progress().turn() < acknowledged) {
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
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> {
                record = await(driver.get(id)).orElseThrow();
                return true;
              });
    }
  }

  @Test
  @DisplayName("a turn whose answer was lost is stored once, and its number is fenced afterwards")
  void lostAnswer() {
    try (TcpProxy network = TcpProxy.to(redis.port());
        WorkflowBackendDriver driver =
            TestComponents.workflows(
                "redisHost", "127.0.0.1:" + network.port(), "readTimeout", "500")) {
      await(driver.join(NODE));
      InstanceRecord record = create(driver, "a");
      network.stallAnswers();
      Turn turn = turn(record.ownership(), record.progress(), "");
      assertThat(failureOf(() -> await(driver.commit(turn))).code().isTransient()).isTrue();
      network.reset();
      network.resume();
      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> await(driver.ping()));
      assertThat(await(driver.commit(turn)).committed()).isFalse();
      assertThat(await(driver.load("a")).orElseThrow().history()).hasSize(1);
    }
  }

  @Test
  @DisplayName("a hint tells other nodes of mail and of the end")
  void hints() {
    try (WorkflowBackendDriver driver = open();
        WorkflowBackendDriver other = open()) {
      Queue<String> heard = new ConcurrentLinkedQueue<>();
      other.watch(heard::add);
      create(driver, "a");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                await(driver.deliver(new Message("a", "m" + System.nanoTime(), new byte[0])));
                assertThat(heard).contains("a");
              });
    }
  }
}
