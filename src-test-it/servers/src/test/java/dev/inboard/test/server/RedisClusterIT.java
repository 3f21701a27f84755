package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterIT {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  private static RedisClusterClient client;
  private static RedisAdvancedClusterCommands<String, String> commands;

  @BeforeAll
  static void connect() {
    client = RedisClusterClient.create(RedisURI.create(cluster.node(0).uri()));
    commands = client.connect().sync();
  }

  @AfterAll
  static void disconnect() {
    if (client != null) {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }

  @Test
  void dividesKeysAmongThreeMasters() {
    for (int i = 0; i < 100; i++) {
      commands.set("key" + i, "value" + i);
    }

    for (int i = 0; i < 100; i++) {
      assertThat(commands.get("key" + i)).isEqualTo("value" + i);
    }
    assertThat(cluster.nodes())
        .allSatisfy(node -> assertThat(Integer.parseInt(node.command("DBSIZE"))).isPositive());
  }

  @Test
  void movesASlotWithItsKeys() {
    commands.set("{moved}1", "one");
    commands.set("{moved}2", "two");
    int slot = SlotHash.getSlot("moved");
    RedisServer from = owner("{moved}1");
    RedisServer to = cluster.nodes().stream().filter(n -> n != from).findFirst().orElseThrow();

    cluster.moveSlot(slot, from, to);

    assertThat(owner("{moved}1")).isSameAs(to);
    assertThat(commands.get("{moved}1")).isEqualTo("one");
    assertThat(commands.get("{moved}2")).isEqualTo("two");
  }

  @Test
  void comesBackAfterTheCrashOfANode() {
    commands.set("{back}", "kept");
    RedisServer owner = owner("{back}");

    owner.kill();
    cluster.start();
    cluster.awaitAgreement();

    assertThat(commands.get("{back}")).isEqualTo("kept");
  }

  private static RedisServer owner(String key) {
    return cluster.nodes().stream()
        .filter(node -> node.command("KEYS *").lines().anyMatch(key::equals))
        .findFirst()
        .orElseThrow();
  }
}
