package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server and a network that fail: what is acknowledged stays, and nothing happens twice. */
class RedisFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long the network stalls; {@code -Dinboard.stall.seconds=6} for a quick run. */
  private static final Duration STALL =
      Duration.ofSeconds(Integer.getInteger("inboard.stall.seconds", 30));

  @RegisterExtension static final RedisServer redis = RedisServer.create();

  private TcpProxy network;
  private StateStoreDriver store;

  @BeforeEach
  void open() {
    redis.start();
    redis.command("FLUSHALL");
    network = TcpProxy.to(redis.port());
    store =
        TestComponents.stateStore(
            "redisHost", "127.0.0.1:" + network.port(), "readTimeout", "1000");
  }

  @AfterEach
  void close() {
    store.close();
    network.close();
  }

  private ErrorCode failureOf(Runnable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call::run);
    assertThat(failure).as("a failure").isNotNull();
    return failure.code();
  }

  /** Waits until the store serves again. */
  private void awaitService() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> TestComponents.await(store.ping()));
  }

  @Test
  @DisplayName("writes whose answers were lost are not sent again by the reconnected client")
  void lostAnswersAreNoSecondWrites() {
    // More patience than the test needs: what times out first would not be sent again anyway.
    try (StateStoreDriver patient =
        TestComponents.stateStore(
            "redisHost", "127.0.0.1:" + network.port(), "readTimeout", "30000")) {
      long before = Long.parseLong(put(patient, "counted", "1"));
      network.stallAnswers();
      List<CompletionStage<String>> lost = new ArrayList<>();
      for (int n = 0; n < 5; n++) {
        lost.add(patient.set(StateOperation.Set.of("counted", "2".getBytes(UTF_8))));
      }
      String after = String.valueOf(before + lost.size());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(redis.command("HGET counted version")).isEqualTo(after));
      network.reset();
      network.resume();
      for (CompletionStage<String> one : lost) {
        assertThat(failureOf(() -> TestComponents.await(one))).isEqualTo(ErrorCode.UNAVAILABLE);
      }
      awaitService();
      assertThat(redis.command("HGET counted version")).isEqualTo(after);
    }
  }

  @Test
  @DisplayName("a write refused for want of a connection fails at once and is never carried out")
  void refusedWriteNeverHappens() {
    put(store, "refused", "1");
    network.refuse();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(failureOf(() -> put(store, "refused", "2")))
                    .isEqualTo(ErrorCode.UNAVAILABLE));
    network.accept();
    awaitService();
    assertThat(text(store, "refused")).isEqualTo("1");
  }

  @Test
  @DisplayName("killed and restarted during load, the server has every acknowledged write, once")
  void acknowledgedWritesSurviveACrash() throws Exception {
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    List<Thread> writers = new ArrayList<>();
    long first = Long.parseLong(put(store, "shared", "0"));
    int perWriter = 3_000;
    for (int w = 0; w < 4; w++) {
      String stem = "w" + w + "-";
      Thread writer = new Thread(() -> write(stem, perWriter, acknowledged));
      writer.start();
      writers.add(writer);
    }
    for (int crash = 1; crash <= 3; crash++) {
      int target = acknowledged.size() + 500;
      await()
          .atMost(PATIENCE)
          .until(
              () -> acknowledged.size() >= target || writers.stream().noneMatch(Thread::isAlive));
      redis.kill();
      redis.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    awaitService();
    assertThat(acknowledged).hasSizeGreaterThan(1_500);
    assertThat(acknowledged).allSatisfy(key -> assertThat(text(store, key)).isEqualTo(key));
    long executed = Long.parseLong(redis.command("HGET shared version")) - first;
    assertThat(executed).isBetween((long) acknowledged.size(), 4L * perWriter);
  }

  /** Writes a key of its own and the shared one in a transaction, again and again. */
  private void write(String stem, int count, Queue<String> acknowledged) {
    for (int n = 0; n < count; n++) {
      String key = stem + n;
      try {
        TestComponents.await(
            ((TransactionalStateStoreDriver) store)
                .transact(
                    List.of(
                        StateOperation.Set.of(key, key.getBytes(UTF_8)),
                        StateOperation.Set.of("shared", key.getBytes(UTF_8)))));
        acknowledged.add(key);
      } catch (InboardException e) {
        assertThat(e.code()).isIn(ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT);
        LockSupport.parkNanos(5_000_000); // there would be none left when the server is back
      }
    }
  }

  @Test
  @DisplayName(
      "a network that stalls gives TIMEOUT meanwhile; afterwards all goes on, with every"
          + " acknowledged write")
  void stalledNetworkTimesOut() throws Exception {
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    Queue<ErrorCode> failures = new ConcurrentLinkedQueue<>();
    AtomicBoolean stopped = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int n = 0; !stopped.get(); n++) {
                try {
                  put(store, "s" + n, "s" + n);
                  acknowledged.add("s" + n);
                } catch (InboardException e) {
                  failures.add(e.code());
                  LockSupport.parkNanos(5_000_000);
                }
              }
            });
    writer.start();
    await().atMost(PATIENCE).until(() -> acknowledged.size() >= 100);
    network.stall();
    // The time is the fault itself: nothing else ends a stall.
    await()
        .pollDelay(STALL)
        .atMost(PATIENCE.plus(STALL))
        .until(() -> failures.contains(ErrorCode.TIMEOUT));
    int before = acknowledged.size();
    network.resume();
    await().atMost(PATIENCE).until(() -> acknowledged.size() >= before + 100);
    stopped.set(true);
    writer.join();
    assertThat(failures).allMatch(code -> code.isTransient());
    assertThat(acknowledged).allSatisfy(key -> assertThat(text(store, key)).isEqualTo(key));
    System.out.printf(
        "network stalled %d s: %d writes acknowledged, all there, %d failed%n",
        STALL.toSeconds(), acknowledged.size(), failures.size());
  }

  @Test
  @DisplayName("a connection whose server vanished without a word is replaced by a new one")
  void silentConnectionIsReplaced() {
    put(store, "silent", "1");
    int before = network.connectionsAccepted();
    redis.stall();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              failureOf(() -> text(store, "silent"));
              assertThat(network.connectionsAccepted()).isGreaterThan(before);
            });
    redis.resume();
    awaitService();
    assertThat(text(store, "silent")).isEqualTo("1");
  }

  @Test
  @DisplayName("a server that forgets its scripts is given them again")
  void forgottenScriptIsSentAgain() {
    String first = put(store, "script", "1");
    redis.command("SCRIPT FLUSH");
    assertThat(put(store, "script", "2")).isNotEqualTo(first);
    assertThat(text(store, "script")).isEqualTo("2");
  }

  @Test
  @DisplayName("a server out of memory gives EXHAUSTED and changes nothing")
  void fullServerIsExhausted() {
    put(store, "full", "1");
    redis.command("CONFIG SET maxmemory 1");
    try {
      assertThat(failureOf(() -> put(store, "full", "2"))).isEqualTo(ErrorCode.EXHAUSTED);
      assertThat(text(store, "full")).isEqualTo("1");
    } finally {
      redis.command("CONFIG SET maxmemory 0");
    }
    put(store, "full", "2");
  }

  @Test
  @DisplayName("a server that became a replica gives UNAVAILABLE, and serves again as a master")
  void replicaRefusesWrites() {
    put(store, "replica", "1");
    redis.command("REPLICAOF 127.0.0.1 1");
    try {
      assertThat(failureOf(() -> put(store, "replica", "2"))).isEqualTo(ErrorCode.UNAVAILABLE);
    } finally {
      redis.command("REPLICAOF NO ONE");
    }
    put(store, "replica", "2");
  }

  @Test
  @DisplayName("strong writes fail with UNAVAILABLE while a replica is out of reach")
  void strongWriteWaitsForReplicas() {
    try (RedisServer replica = RedisServer.create("replicaof 127.0.0.1 " + redis.port())) {
      replica.start();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(redis.command("INFO replication")).contains("state=online"));
      StateOperation.Set strong =
          new StateOperation.Set(
              "strong",
              "1".getBytes(UTF_8),
              null,
              null,
              Concurrency.LAST_WRITE,
              Consistency.STRONG,
              null);
      TestComponents.await(store.set(strong));
      assertThat(replica.command("HGET strong data")).isEqualTo("1");
      replica.stall();
      assertThat(failureOf(() -> TestComponents.await(store.set(strong))))
          .isEqualTo(ErrorCode.UNAVAILABLE);
      replica.resume();
    }
  }

  @Test
  @DisplayName("a server that still loads its data gives UNAVAILABLE, and then serves what it had")
  void loadingServer() {
    try (RedisServer slow =
        RedisServer.create("key-load-delay 1000", "loading-process-events-interval-bytes 1024")) {
      slow.start();
      try (StateStoreDriver reader = TestComponents.stateStore("redisHost", slow.address())) {
        put(reader, "kept", "1");
        slow.command(
            "EVAL \"for i = 1, 3000 do redis.call('SET', 'k' .. i, string.rep('x', 1000)) end\" 0",
            "BGREWRITEAOF");
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    slow.command("INFO persistence").contains("aof_rewrite_in_progress:0")
                        && slow.command("INFO persistence").contains("aof_rewrite_scheduled:0"));
        slow.kill();
        Thread starting = new Thread(slow::start);
        starting.start();
        List<InboardException> failures = new ArrayList<>();
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(
                () -> {
                  try {
                    return text(reader, "kept").equals("1");
                  } catch (InboardException e) {
                    failures.add(e);
                    return false;
                  }
                });
        assertThat(failures)
            .allSatisfy(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
            .anySatisfy(failure -> assertThat(failure).hasMessageContaining("LOADING"));
        starting.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
