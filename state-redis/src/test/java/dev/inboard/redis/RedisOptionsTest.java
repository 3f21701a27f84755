package dev.inboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.spi.ComponentSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisOptionsTest {
  private final RedisStateStoreProvider provider = new RedisStateStoreProvider();

  private static ComponentSpec spec(String... fields) {
    Map<String, String> metadata = new HashMap<>(Map.of("redisHost", "localhost"));
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return ComponentSpec.of("orders", "state.redis", metadata);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, '', localhost, 6379",
    "localhost, 7000, localhost, 7000",
    "localhost:7001, '', localhost, 7001",
    "localhost:7001, 7001, localhost, 7001",
    "[::1], '', [::1], 6379",
    "[::1]:7002, '', [::1], 7002",
  })
  void hostAndPortAreRead(String host, String port, String expectedHost, int expectedPort) {
    ComponentSpec spec = spec("redisHost", host, "redisPort", port);
    assertThat(provider.check(spec)).isEmpty();
    assertThat(RedisOptions.from(spec).nodes())
        .containsExactly(new RedisOptions.Node(expectedHost, expectedPort));
  }

  @Test
  void severalNodesAreRead() {
    assertThat(RedisOptions.from(spec("redisHost", "a:1, b:2 ,c", "redisPort", "")).nodes())
        .containsExactly(
            new RedisOptions.Node("a", 1),
            new RedisOptions.Node("b", 2),
            new RedisOptions.Node("c", 6379));
  }

  @Test
  void whatDoesNotFitTogetherIsReportedWithTheCure() {
    assertThat(provider.check(spec("redisHost", "a:1", "redisPort", "2")))
        .singleElement()
        .asString()
        .contains("redisPort");
    assertThat(provider.check(spec("redisHost", "a:x"))).singleElement().asString().contains("a:x");
    assertThat(provider.check(spec("failover", "true")))
        .singleElement()
        .asString()
        .contains("sentinelMasterName");
    assertThat(
            provider.check(
                spec("failover", "true", "sentinelMasterName", "m", "redisType", "cluster")))
        .singleElement()
        .asString()
        .contains("exclude");
    assertThat(provider.check(spec("clientCert", "x")))
        .singleElement()
        .asString()
        .contains("clientKey");
  }

  @Test
  void durationsAreMillisecondsOrGoSyntax() {
    assertThat(RedisOptions.from(spec("readTimeout", "250")).readTimeout())
        .isEqualTo(Duration.ofMillis(250));
    assertThat(RedisOptions.from(spec("readTimeout", "2s")).readTimeout())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void booleansAreStrict() {
    assertThatThrownBy(() -> RedisOptions.from(spec("enableTLS", "yes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("enableTLS");
  }

  @Test
  void passwordsDoNotShow() {
    assertThat(RedisOptions.from(spec("redisPassword", "hidden-word")).toString())
        .doesNotContain("hidden-word");
  }
}
