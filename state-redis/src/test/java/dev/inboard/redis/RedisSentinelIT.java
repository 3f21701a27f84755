package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisSentinels;
import dev.inboard.test.server.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A master that dies and one that hangs, watched by Sentinels. */
class RedisSentinelIT {
  @RegisterExtension static final RedisSentinels sentinels = RedisSentinels.create();

  private static StateStoreDriver open() {
    return TestComponents.stateStore(
        "redisHost",
        sentinels.sentinelAddresses(),
        "failover",
        "true",
        "sentinelMasterName",
        RedisSentinels.MASTER_NAME,
        "readTimeout",
        "1000");
  }

  private static StateOperation.Set strong(String key) {
    return new StateOperation.Set(
        key, key.getBytes(UTF_8), null, null, Concurrency.LAST_WRITE, Consistency.STRONG, null);
  }

  @Test
  @DisplayName(
      "after a failover the same driver serves from the new master, with all strong writes")
  void failoverKeepsStrongWrites() {
    try (StateStoreDriver store = open()) {
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(
              () ->
                  sentinels.master().command("INFO replication").split("state=online", -1).length
                      == 3);
      List<String> acknowledged = new ArrayList<>();
      for (int n = 0; n < 100; n++) {
        await(store.set(strong("before-" + n)));
        acknowledged.add("before-" + n);
      }
      RedisServer master = sentinels.master();
      master.kill();
      awaitWrite(store, "after kill");
      assertThat(sentinels.master()).isNotSameAs(master);
      assertThat(acknowledged).allSatisfy(key -> assertThat(text(store, key)).isEqualTo(key));

      // A master that hangs keeps its connections; only their silence tells.
      master.start();
      RedisServer second = sentinels.master();
      second.stall();
      awaitWrite(store, "after stall");
      assertThat(sentinels.master()).isNotSameAs(second);
      second.resume();
    }
  }

  private static void awaitWrite(StateStoreDriver store, String key) {
    Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(InboardException.class)
        .untilAsserted(
            () -> {
              await(store.set(StateOperation.Set.of(key, key.getBytes(UTF_8))));
              assertThat(text(store, key)).isEqualTo(key);
            });
  }
}
