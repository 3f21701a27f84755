package dev.inboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code configuration.redis} does to the server, and what the server does to it. */
class RedisConfigurationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NEVER = "24h";

  @RegisterExtension
  static final RedisServer redis =
      RedisServer.create(
          "user reader on >read-only ~* &* +@read +@connection +@pubsub",
          "user deaf on >read-only ~* resetchannels +@read +@connection +@pubsub +config");

  private final Latest latest = new Latest();

  @BeforeEach
  void clear() {
    redis.start();
    redis.command("FLUSHALL");
    redis.command("CONFIG SET notify-keyspace-events \"\"");
  }

  private static ConfigurationDriver open(String... more) {
    String[] fields = new String[more.length + 2];
    fields[0] = "redisHost";
    fields[1] = redis.address();
    System.arraycopy(more, 0, fields, 2, more.length);
    return TestComponents.configuration(fields);
  }

  private static String flags() {
    return redis
        .command("CONFIG GET notify-keyspace-events")
        .lines()
        .skip(1)
        .findFirst()
        .orElse("");
  }

  private void awaitValue(String key, @Nullable String value) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              StoredItem item = latest.items.get(key);
              assertThat(item == null ? null : item.value()).isEqualTo(value);
            });
  }

  private ConfigurationWatch watch(ConfigurationDriver driver, String... keys) {
    return TestComponents.await(driver.watch(Set.of(keys), latest));
  }

  @ParameterizedTest
  @CsvSource({"'', K$gxe", "Elh, KE$gxelh", "KEA, KEA", "EA, KEA", "Kg, K$gxe"})
  @DisplayName("flags that are missing are added; those that are there stay")
  void flagsAreMerged(String before, String needed) {
    redis.command("CONFIG SET notify-keyspace-events \"" + before + "\"");
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      assertThat(flags()).as("as long as nobody subscribes").hasSameSizeAs(before);
      watch(driver, "a");
      String after = flags().replace("A", "A$gxelh");
      assertThat(after).contains((before + needed).split(""));
      redis.command("SET a 1");
      awaitValue("a", "1");
    }
  }

  @Test
  @DisplayName("flags that somebody takes away later are added again, and nothing is missed")
  void flagsAreGuarded() {
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      watch(driver, "a");
      redis.command("CONFIG SET notify-keyspace-events \"\"", "SET a 1");
      awaitValue("a", "1");
      await().atMost(PATIENCE).until(() -> KeyspaceFlags.missing(flags()).isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({"reader", "deaf"})
  @DisplayName("a user who may not touch the flags, or hear of changes, gets them by polling")
  void polling(String user) {
    try (ConfigurationDriver driver =
        open("redisUsername", user, "redisPassword", "read-only", "pollInterval", "50ms")) {
      redis.command("SET a 1||v1");
      watch(driver, "a");
      awaitValue("a", "1");
      redis.command("SET a 2||v2");
      awaitValue("a", "2");
      redis.command("DEL a");
      awaitValue("a", null);
    }
  }

  @Test
  @DisplayName("two thousand keys and a hundred watches take two connections")
  void oneConnectionForAll() {
    int before = connections();
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      Set<String> keys =
          IntStream.range(0, 2_000).mapToObj(n -> "many-" + n).collect(Collectors.toSet());
      TestComponents.await(driver.watch(keys, latest));
      for (int n = 0; n < 100; n++) {
        TestComponents.await(driver.watch(Set.of("one-" + n), new Latest()));
      }
      assertThat(connections() - before).isEqualTo(2);
      redis.command("SET many-1999 x||v");
      awaitValue("many-1999", "x");
    }
  }

  private static int connections() {
    return (int)
        redis.command("CLIENT LIST").lines().filter(line -> line.contains("name=inboard")).count();
  }

  @Test
  @DisplayName("an ended watch leaves no subscription at the server, unless others need it")
  void endedWatchesUnsubscribe() {
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      ConfigurationWatch one = watch(driver, "a", "b");
      ConfigurationWatch other = watch(driver, "b");
      ConfigurationWatch all = watch(driver);
      one.close();
      all.close();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(redis.command("PUBSUB CHANNELS *").lines())
                      .containsExactly("__keyspace@0__:b"));
      assertThat(redis.command("PUBSUB NUMPAT")).isEqualTo("0");
      other.close();
    }
  }

  @Test
  @DisplayName(
      "every way in which a string changes is heard of: expiry, rename, append, arithmetic")
  void kindsOfEvents() {
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      watch(driver);
      redis.command("MSET a 1 b 2", "INCRBY a 5", "APPEND b ||v2", "RENAME b c", "COPY c d");
      awaitValue("a", "6");
      awaitValue("c", "2");
      awaitValue("d", "2");
      awaitValue("b", null);
      assertThat(latest.items.get("c")).isEqualTo(new StoredItem("2", "v2"));
      redis.command("PEXPIRE a 1");
      awaitValue("a", null);
      redis.command("DEL c", "HSET c field 1", "SET d ||v");
      awaitValue("c", null); // a hash is no item
      awaitValue("d", null); // an empty value is none either
    }
  }

  @Test
  @DisplayName("the number of the database belongs to the channels")
  void otherDatabase() {
    try (ConfigurationDriver driver = open("redisDB", "3", "pollInterval", NEVER);
        RawRedis raw = RawRedis.connect("redisHost", redis.address(), "redisDB", "3")) {
      watch(driver, "a");
      raw.set("a", "1");
      awaitValue("a", "1");
    }
  }

  @Test
  @DisplayName("what changed while the connection was cut is told after the reconnect")
  void cutConnection() {
    try (TcpProxy network = TcpProxy.to(redis.port());
        ConfigurationDriver driver =
            TestComponents.configuration(
                "redisHost", "127.0.0.1:" + network.port(), "pollInterval", NEVER)) {
      redis.command("MSET a 1 b 1");
      watch(driver, "a", "b", "c");
      Latest everything = new Latest();
      TestComponents.await(driver.watch(Set.of(), everything));
      network.refuse();
      redis.command("SET a 2", "DEL b", "SET c 3");
      network.accept();
      awaitValue("a", "2");
      awaitValue("b", null);
      awaitValue("c", "3");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(everything.items).containsOnlyKeys("a", "c"));
    }
  }

  @Test
  @DisplayName("what changed while the network was stalled is told, though no connection broke")
  void stalledConnection() {
    try (TcpProxy network = TcpProxy.to(redis.port());
        ConfigurationDriver driver =
            TestComponents.configuration(
                "redisHost",
                "127.0.0.1:" + network.port(),
                "readTimeout",
                "500",
                "pollInterval",
                NEVER)) {
      watch(driver, "a");
      int before = network.connectionsAccepted();
      redis.stall();
      await()
          .atMost(PATIENCE)
          .until(() -> network.connectionsAccepted() > before); // given up, though nobody said so
      redis.resume();
      redis.command("SET a 2");
      awaitValue("a", "2");
    }
  }

  @Test
  @DisplayName("a server that was killed has forgotten its flags; they are added again")
  void killedServer() {
    try (ConfigurationDriver driver = open("pollInterval", NEVER)) {
      watch(driver, "a");
      redis.kill();
      redis.start();
      assertThat(flags()).isEmpty();
      redis.command("SET a 2");
      awaitValue("a", "2");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(flags()).contains("K"));
      redis.command("SET a 3");
      awaitValue("a", "3");
    }
  }

  private static final class Latest implements ConfigurationReceiver {
    final Map<String, StoredItem> items = new ConcurrentHashMap<>();

    @Override
    public void changed(Map<String, @Nullable StoredItem> changes) {
      changes.forEach(
          (key, item) -> {
            if (item == null) {
              items.remove(key);
            } else {
              items.put(key, item);
            }
          });
    }

    @Override
    public void reset(Map<String, StoredItem> all) {
      items.keySet().retainAll(all.keySet());
      items.putAll(all);
    }
  }
}
