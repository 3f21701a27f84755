package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys of many slots on three masters. */
class RedisClusterStateIT {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private StateStoreDriver store;

  @BeforeEach
  void open() {
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    store = TestComponents.stateStore("redisHost", nodes, "redisType", "cluster");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(n -> unique + "-" + n).toList();
  }

  @Test
  @DisplayName("keys of all masters are written and read in bulk, and listed exactly once")
  void bulkAndListingSpanTheMasters() {
    List<String> keys = keys(300);
    BulkStateStoreDriver bulk = (BulkStateStoreDriver) store;
    assertThat(
            await(
                bulk.writeBulk(
                    keys.stream().map(k -> StateOperation.Set.of(k, k.getBytes(UTF_8))).toList())))
        .allSatisfy(result -> assertThat(result.failure()).isNull());
    assertThat(await(bulk.getBulk(keys)))
        .extracting(item -> new String(item.value().value(), UTF_8))
        .containsExactlyElementsOf(keys);
    assertThat(cluster.nodes())
        .allSatisfy(node -> assertThat(node.command("DBSIZE")).isNotEqualTo("0"));
    List<String> listed = new ArrayList<>();
    String token = null;
    do {
      Page page = await(((KeyListingStateStoreDriver) store).listKeys(unique + "-", 50, token));
      listed.addAll(page.keys());
      token = page.token();
    } while (token != null);
    assertThat(listed).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  @DisplayName("a transaction over two slots is refused with the cure, and changes nothing")
  void transactionOverSlotsIsRefused() {
    List<String> keys = keys(20);
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () ->
                await(
                    ((TransactionalStateStoreDriver) store)
                        .transact(
                            keys.stream()
                                .map(k -> StateOperation.Set.of(k, new byte[0]))
                                .toList())));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining("{");
    assertThat(keys).allSatisfy(key -> assertThat(await(store.get(key))).isNull());
  }

  @Test
  @DisplayName("a slot that moves under load costs no acknowledged write and repeats none")
  void movingSlotLosesNothing() throws Exception {
    String key = "{" + unique + "}counter";
    int slot = SlotHash.getSlot(key);
    long first = Long.parseLong(put(store, key, "0"));
    RedisServer from =
        cluster.nodes().stream()
            .filter(node -> !node.command("CLUSTER COUNTKEYSINSLOT " + slot).equals("0"))
            .findFirst()
            .orElseThrow();
    RedisServer to =
        cluster.nodes().stream().filter(node -> node != from).findFirst().orElseThrow();
    AtomicBoolean moved = new AtomicBoolean();
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    Thread load =
        new Thread(
            () -> {
              int after = 0;
              while (after < 200) {
                try {
                  put(store, key, "x");
                  acknowledged.incrementAndGet();
                  after += moved.get() ? 1 : 0;
                } catch (InboardException e) {
                  failed.incrementAndGet();
                }
              }
            });
    load.start();
    org.awaitility.Awaitility.await().until(() -> acknowledged.get() > 50);
    cluster.moveSlot(slot, from, to);
    moved.set(true);
    load.join(60_000);
    assertThat(load.isAlive()).isFalse();
    long executed = Long.parseLong(to.command("HGET " + key + " version")) - first;
    assertThat(executed)
        .isBetween(acknowledged.longValue(), acknowledged.longValue() + failed.longValue());
    assertThat(text(store, key)).isEqualTo("x");
  }
}
