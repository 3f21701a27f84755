package dev.inboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Durability;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What components say that acknowledged data survives, by the settings of the server. */
class RedisDurabilityIT {
  @RegisterExtension
  static final RedisServer redis =
      RedisServer.create("user curious on >may-not-ask ~* &* +@all -info -config");

  @AfterEach
  void reset() {
    redis.command("CONFIG SET appendonly yes", "CONFIG SET appendfsync everysec");
  }

  private static void assertDurability(@Nullable Durability expected, String... login) {
    String[] fields = new String[login.length + 2];
    fields[0] = "redisHost";
    fields[1] = redis.address();
    System.arraycopy(login, 0, fields, 2, login.length);
    try (StateStoreDriver store = TestComponents.stateStore(fields);
        PubSubDriver topics = TestComponents.pubSub(fields)) {
      assertThat(store.durability()).isEqualTo(expected);
      assertThat(topics.durability()).isEqualTo(expected);
    }
  }

  @Test
  @DisplayName("the append-only file, written each second or with each write, or not at all")
  void settingsOfTheServer() {
    assertDurability(Durability.OS_BUFFER);
    redis.command("CONFIG SET appendfsync always");
    assertDurability(Durability.FSYNC);
    redis.command("CONFIG SET appendonly no");
    assertDurability(null);
  }

  @Test
  @DisplayName("a user who may not ask is served, and told nothing")
  void userWhoMayNotAsk() {
    assertDurability(null, "redisUsername", "curious", "redisPassword", "may-not-ask");
  }
}
