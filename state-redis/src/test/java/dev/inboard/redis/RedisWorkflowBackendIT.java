package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
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

  @Test
  @DisplayName("a server that would forget by a restart is refused, unless the component says so")
  void serverWithoutPersistenceIsRefused() {
    try (RedisServer forgetful = RedisServer.create("appendonly no")) {
      forgetful.start();
      InboardException failure =
          failureOf(() -> TestComponents.workflows("redisHost", forgetful.address()));
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure).hasMessageContaining("set 'appendonly yes'");
      try (WorkflowBackendDriver driver =
          TestComponents.workflows("redisHost", forgetful.address(), "allowDataLoss", "true")) {
        assertThat(driver.features()).isEmpty();
      }
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
      TurnWriter.create(driver, NODE, "target");
      InstanceRecord source = TurnWriter.create(driver, NODE, "source");
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
          .untilAsserted(
              () -> assertThat(redis.command("EXISTS " + tag + ":o:source")).isEqualTo("0"));
      // Relayed again after it was read, it is known.
      List<InboxMessage> read = await(driver.inbox("target"));
      InstanceRecord target = await(driver.get("target")).orElseThrow();
      Turn reading = TurnWriter.turn(target.ownership(), target.progress(), "");
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
      assertThat(
              await(driver.commit(TurnWriter.turn(right, source.progress(), "target"))).committed())
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
      InstanceRecord record = TurnWriter.create(driver, NODE, "a");
      redis.command("SCRIPT FLUSH");
      assertThat(
              await(driver.commit(TurnWriter.turn(record.ownership(), record.progress(), "")))
                  .committed())
          .isTrue();
    }
  }

  @Test
  @DisplayName(
      "killed and restarted during load, the server has every acknowledged turn, once, in order")
  void acknowledgedTurnsSurviveACrash() throws Exception {
    try (WorkflowBackendDriver driver = open()) {
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<TurnWriter> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(new TurnWriter(driver, TurnWriter.create(driver, NODE, "w" + w), unexpected));
      }
      writers.forEach(Thread::start);
      for (int crash = 0; crash < 2; crash++) {
        long target = TurnWriter.acknowledged(writers) + 200;
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    TurnWriter.acknowledged(writers) >= target
                        || writers.stream().noneMatch(Thread::isAlive));
        redis.kill();
        redis.start();
      }
      for (TurnWriter writer : writers) {
        writer.join();
      }
      assertThat(unexpected).isEmpty();
      writers.forEach(TurnWriter::assertComplete);
    }
  }

  private static Turn next(WorkflowBackendDriver driver, String id) {
    InstanceRecord record = await(driver.get(id)).orElseThrow();
    return TurnWriter.turn(record.ownership(), record.progress(), "");
  }

  @Test
  @DisplayName("a turn whose answer was lost is stored once, and its number is fenced afterwards")
  void lostAnswer() {
    try (TcpProxy network = TcpProxy.to(redis.port());
        WorkflowBackendDriver driver =
            TestComponents.workflows(
                "redisHost", "127.0.0.1:" + network.port(), "readTimeout", "500")) {
      await(driver.join(NODE));
      TurnWriter.create(driver, NODE, "other");
      await(driver.commit(next(driver, "other"))); // from now on the server knows the script
      InstanceRecord record = TurnWriter.create(driver, NODE, "a");
      network.stallAnswers();
      Turn turn = TurnWriter.turn(record.ownership(), record.progress(), "");
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
      TurnWriter.create(driver, NODE, "a");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                await(driver.deliver(new Message("a", "m" + System.nanoTime(), new byte[0])));
                assertThat(heard).contains("a");
              });
    }
  }

  @Test
  @DisplayName("turns that come together are written by few scripts, each by its own right")
  void turnsAreWrittenInGroups() {
    int turns = 100;
    try (WorkflowBackendDriver driver = open("shards", "1")) {
      List<Turn> all = new ArrayList<>();
      for (int n = 0; n < turns; n++) {
        InstanceRecord record = TurnWriter.create(driver, NODE, "i" + n);
        Ownership right = record.ownership();
        Ownership late = new Ownership(right.id(), right.key(), right.node(), right.epoch() - 1);
        all.add(TurnWriter.turn(n == 70 ? late : right, record.progress(), ""));
      }
      redis.command("CONFIG RESETSTAT");
      List<CompletionStage<TurnOutcome>> outcomes = all.stream().map(driver::commit).toList();
      for (int n = 0; n < turns; n++) {
        assertThat(await(outcomes.get(n)).committed()).as("turn %d", n).isEqualTo(n != 70);
      }
      assertThat(scripts()).isLessThan(turns / 2);
      assertThat(await(driver.load("i69")).orElseThrow().history()).hasSize(1);
      assertThat(await(driver.load("i70")).orElseThrow().history()).isEmpty();
    }
  }

  private static int scripts() {
    String line =
        redis
            .command("INFO commandstats")
            .lines()
            .filter(one -> one.startsWith("cmdstat_evalsha:calls="))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(line.substring(line.indexOf('=') + 1, line.indexOf(',')));
  }

  @Test
  @DisplayName("the end of an instance is a hint for other nodes, not for the one that wrote it")
  void ownEndIsNoHint() {
    try (WorkflowBackendDriver driver = open();
        WorkflowBackendDriver other = TestComponents.workflows("redisHost", redis.address())) {
      await(other.join(new Node("other", Duration.ofMinutes(10))));
      Queue<String> heard = new ConcurrentLinkedQueue<>();
      Queue<String> heardByOther = new ConcurrentLinkedQueue<>();
      driver.watch(heard::add);
      other.watch(heardByOther::add);
      TurnWriter.create(driver, NODE, "mail");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                await(driver.deliver(new Message("mail", "m" + System.nanoTime(), new byte[0])));
                assertThat(heard).contains("mail");
                assertThat(heardByOther).contains("mail");
              });
      TurnWriter.create(driver, NODE, "after");
      InstanceRecord record = TurnWriter.create(driver, NODE, "ended");
      assertThat(
              await(driver.commit(TurnWriter.end(record.ownership(), record.progress())))
                  .committed())
          .isTrue();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(heardByOther).contains("ended"));
      await(driver.deliver(new Message("after", "m", new byte[0])));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard).contains("after"));
      assertThat(heard).doesNotContain("ended");
    }
  }
}
