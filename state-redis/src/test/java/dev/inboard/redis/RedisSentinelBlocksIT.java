package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.InboardException;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockDriver.Unlocking;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.RedisSentinels;
import dev.inboard.test.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Pub/sub, locks, configuration and workflows when the master dies: open drivers go on at the new
 * one, with all that the replicas had.
 */
class RedisSentinelBlocksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LEASE = Duration.ofMinutes(10);

  @RegisterExtension static final RedisSentinels sentinels = RedisSentinels.create();

  private RedisServer master;

  @BeforeEach
  void restore() {
    sentinels.start();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              master = sentinels.master();
              return master.command("INFO replication").split("state=online", -1).length == 3;
            });
  }

  private static String[] fields(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "redisHost",
                sentinels.sentinelAddresses(),
                "failover",
                "true",
                "sentinelMasterName",
                RedisSentinels.MASTER_NAME,
                "readTimeout",
                "1000"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Kills the master once its replicas have all that it has acknowledged. */
  private RedisServer failOver() {
    assertThat(master.command("SET marker 1", "WAIT 2 60000")).isEqualTo("2");
    master.kill();
    return sentinels.awaitMasterOtherThan(master);
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(InboardException.class)
        .untilAsserted(assertion);
  }

  private static void publish(PubSubDriver bus, String text) {
    await(bus.publish(OutboundMessage.of("orders", text.getBytes(UTF_8))));
  }

  @Test
  @DisplayName("pub/sub: what waited is delivered by the new master, and messages go on")
  void pubSub() {
    Set<String> received = ConcurrentHashMap.newKeySet();
    CompletableFuture<Void> open = new CompletableFuture<>();
    try (PubSubDriver bus = TestComponents.pubSub(fields("consumerID", "shop"))) {
      await(
          bus.subscribe(
              SubscriptionSpec.of("orders", 4),
              message ->
                  open.thenApply(
                      now -> {
                        received.add(new String(message.body(), UTF_8));
                        return Settlement.ACKNOWLEDGE;
                      })));
      List<String> acknowledged = new ArrayList<>();
      for (int n = 0; n < 100; n++) {
        publish(bus, "m" + n);
        acknowledged.add("m" + n);
      }
      failOver();
      open.complete(null);
      eventually(() -> publish(bus, "after"));
      acknowledged.add("after");
      eventually(() -> assertThat(received).containsAll(acknowledged));
    }
  }

  @Test
  @DisplayName("lock: the lease holds at the new master, and fencing tokens go on rising")
  void lock() {
    try (LockDriver locks = TestComponents.locks(fields())) {
      long token = await(locks.tryLock("job", "me", LEASE));
      failOver();
      eventually(() -> assertThat(await(locks.tryLock("job", "other", LEASE))).isNull());
      eventually(() -> assertThat(await(locks.renew("job", "me", LEASE))).isTrue());
      assertThat(await(locks.unlock("job", "me"))).isEqualTo(Unlocking.RELEASED);
      assertThat(await(locks.tryLock("job", "other", LEASE))).isGreaterThan(token);
    }
  }

  @Test
  @DisplayName("configuration: changes at the new master are told to who subscribed at the old one")
  void configuration() {
    Map<String, StoredItem> told = new ConcurrentHashMap<>();
    ConfigurationReceiver receiver =
        new ConfigurationReceiver() {
          @Override
          public void reset(Map<String, StoredItem> items) {
            told.putAll(items);
          }

          @Override
          public void changed(Map<String, @Nullable StoredItem> items) {
            reset(Map.copyOf(items)); // nothing is deleted here
          }
        };
    try (ConfigurationDriver settings =
        TestComponents.configuration(fields("pollInterval", "24h"))) {
      master.command("SET limit 1||v1");
      await(settings.watch(Set.of("limit"), receiver));
      assertThat(told.get("limit").value()).isEqualTo("1");
      failOver().command("SET limit 2||v2");
      eventually(() -> assertThat(told.get("limit").value()).isEqualTo("2"));
      // By now it listens at the new master: what it is told is no longer from connecting.
      sentinels.master().command("SET limit 3||v3");
      eventually(() -> assertThat(told.get("limit").value()).isEqualTo("3"));
    }
  }

  @Test
  @DisplayName("workflows: instances go on at the new master, each turn recorded once")
  void workflows() throws Exception {
    Node node = new Node("n", LEASE);
    try (WorkflowBackendDriver flows = TestComponents.workflows(fields())) {
      await(flows.join(node));
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<TurnWriter> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(new TurnWriter(flows, TurnWriter.create(flows, node, "w" + w), unexpected));
      }
      failOver();
      writers.forEach(Thread::start);
      for (TurnWriter writer : writers) {
        writer.join();
      }
      assertThat(unexpected).isEmpty();
      writers.forEach(TurnWriter::assertComplete);
    }
  }
}
