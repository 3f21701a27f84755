package dev.inboard.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KafkaOptionsTest {
  private static ComponentSpec spec(String... fields) {
    ComponentSpec given = TestComponents.spec("bus", "pubsub.kafka", fields);
    Map<String, String> metadata = new java.util.TreeMap<>(given.metadata());
    metadata.putIfAbsent("brokers", "one:9092, two:9093");
    metadata.remove("heartbeatInterval");
    metadata.remove("sessionTimeout");
    metadata.putAll(fields(fields));
    return ComponentSpec.of("bus", "pubsub.kafka", metadata);
  }

  private static Map<String, String> fields(String... fields) {
    Map<String, String> map = new java.util.HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      map.put(fields[i], fields[i + 1]);
    }
    return map;
  }

  private static void assertProblem(String part, String... fields) {
    assertThat(new KafkaPubSubProvider().check(spec(fields)))
        .as(Arrays.toString(fields))
        .anyMatch(problem -> problem.contains(part));
  }

  @Test
  @DisplayName("every field of Dapr's component is known")
  void everyFieldOfDaprIsKnown() {
    assertThat(new KafkaPubSubProvider().options())
        .extracting(Option::name)
        .doesNotHaveDuplicates()
        .contains(
            ("brokers consumerGroup clientId authType authRequired saslUsername saslPassword"
                    + " saslMechanism oidcTokenEndpoint oidcClientID oidcClientSecret oidcScopes"
                    + " oidcExtensions oidcClientAssertionCert oidcClientAssertionKey oidcResource"
                    + " oidcAudience oidcKid caCert clientCert clientKey disableTls skipVerify"
                    + " initialOffset version maxMessageBytes compression producerRequiredAcks"
                    + " producerRetryMax dialTimeout readTimeout writeTimeout metadataTimeout"
                    + " heartbeatInterval sessionTimeout consumerGroupRebalanceStrategy"
                    + " consumerFetchMin consumerFetchDefault channelBufferSize"
                    + " clientConnectionTopicMetadataRefreshInterval"
                    + " clientConnectionKeepAliveInterval consumeRetryEnabled backOffPolicy"
                    + " backOffDuration backOffMaxRetries backOffInitialInterval"
                    + " backOffRandomizationFactor backOffMultiplier backOffMaxInterval"
                    + " backOffMaxElapsedTime consumeRetryInterval escapeHeaders"
                    + " excludeHeaderMetaRegex schemaRegistryURL schemaRegistryAPIKey"
                    + " schemaRegistryAPISecret schemaCachingEnabled schemaLatestVersionCacheTTL"
                    + " useAvroJSON consumerID")
                .split(" "));
  }

  @Test
  @DisplayName("the defaults are Dapr's, and safe")
  void defaultsAreDaprs() {
    assertThat(new KafkaPubSubProvider().check(spec())).isEmpty();
    assertThat(ProducerOptions.properties(spec()))
        .containsEntry("bootstrap.servers", java.util.List.of("one:9092", "two:9093"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("compression.type", "none")
        .containsEntry("max.request.size", 1 << 20)
        .containsEntry("security.protocol", "PLAINTEXT")
        .containsEntry("client.id", "app");
    assertThat(ConsumerOptions.from(spec()).properties())
        .containsEntry("group.id", "app")
        .containsEntry("heartbeat.interval.ms", 3_000)
        .containsEntry("session.timeout.ms", 10_000)
        .containsEntry("fetch.min.bytes", 1)
        .containsEntry("max.partition.fetch.bytes", 1 << 20)
        .containsEntry("isolation.level", "read_uncommitted")
        .containsEntry("enable.auto.commit", false);
    assertThat(ConsumerOptions.from(spec()).fromOldest()).isFalse();
  }

  @Test
  @DisplayName("fields become properties of the client")
  void fieldsBecomeProperties() {
    assertThat(
            ProducerOptions.properties(
                spec(
                    "maxMessageBytes", "2000000",
                    "compression", "zstd",
                    "producerRequiredAcks", "local",
                    "producerRetryMax", "7",
                    "readTimeout", "5",
                    "dialTimeout", "2s",
                    "clientID", "shop",
                    "clientConnectionTopicMetadataRefreshInterval", "1m")))
        .containsEntry("max.request.size", 2_000_000)
        .containsEntry("compression.type", "zstd")
        .containsEntry("acks", "1")
        .containsEntry("retries", 7)
        .containsEntry("enable.idempotence", false)
        .containsEntry("max.in.flight.requests.per.connection", 1)
        .containsEntry("request.timeout.ms", 5_000)
        .containsEntry("socket.connection.setup.timeout.max.ms", 2_000L)
        .containsEntry("metadata.max.age.ms", 60_000L)
        .containsEntry("client.id", "shop");
    ConsumerOptions consumer =
        ConsumerOptions.from(
            spec(
                "consumerID", "fallback",
                "consumerGroup", "readers",
                "initialOffset", "Oldest",
                "consumerGroupRebalanceStrategy", "RoundRobin",
                "isolationLevel", "read-committed",
                "drainTimeout", "10m"));
    assertThat(consumer.group()).isEqualTo("readers");
    assertThat(consumer.fromOldest()).isTrue();
    assertThat(consumer.properties())
        .containsEntry(
            "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RoundRobinAssignor")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("max.poll.interval.ms", 660_000);
  }

  @Test
  @DisplayName("the pause before a redelivery follows the backOff fields")
  void pauseFollowsBackOffFields() {
    RedeliveryPause normal = ConsumerOptions.from(spec()).pause();
    assertThat(normal.nanosAfter(1)).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(normal.nanosAfter(4)).isEqualTo(Duration.ofSeconds(8).toNanos());
    assertThat(normal.nanosAfter(1_000)).isEqualTo(Duration.ofSeconds(32).toNanos());
    RedeliveryPause constant = ConsumerOptions.from(spec("backOffDuration", "50")).pause();
    assertThat(constant.nanosAfter(9)).isEqualTo(Duration.ofMillis(50).toNanos());
    RedeliveryPause growing =
        ConsumerOptions.from(
                spec(
                    "backOffPolicy", "exponential",
                    "backOffInitialInterval", "100ms",
                    "backOffMultiplier", "3",
                    "backOffMaxInterval", "1s",
                    "backOffRandomizationFactor", "0"))
            .pause();
    assertThat(growing.nanosAfter(2)).isEqualTo(Duration.ofMillis(300).toNanos());
    assertThat(growing.nanosAfter(5)).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  @DisplayName("what is wrong with a file is told before anything is opened")
  void problemsAreTold() {
    assertProblem("host:port", "brokers", "one");
    assertProblem("'one:70000' is not host:port", "brokers", "one:70000");
    assertProblem("missing required field 'authType'", "authType", "");
    assertProblem("saslUsername", "authType", "password");
    assertProblem("clientCert", "authType", "mtls");
    assertProblem("exclude", "authType", "mtls", "disableTls", "true");
    assertProblem("caCert", "authType", "certificate");
    assertProblem("oidcTokenEndpoint", "authType", "oidc");
    assertProblem("oidcClientAssertionKey", "authType", "oidc_private_key_jwt");
    assertProblem("awsiam' is not supported", "authType", "awsiam");
    assertProblem("belong together", "clientCert", "x");
    assertProblem("'caCert': holds no certificate", "caCert", "x");
    assertProblem("heartbeatInterval", "heartbeatInterval", "9s");
    assertProblem("schemaRegistryURL", "schemaRegistryURL", "http://registry");
    assertThat(
            new KafkaBindingProvider()
                .check(TestComponents.spec("in", "bindings.kafka", "brokers", "a:1")))
        .singleElement()
        .asString()
        .contains("publishTopic");
  }

  private static void assertRefused(String field, String value) {
    assertThatThrownBy(() -> ConsumerOptions.from(spec("authType", "password", field, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field '" + field + "': '" + value + "' is n");
  }

  @Test
  @DisplayName("values that the client cannot use are refused: spans out of range, a misspelt word")
  void unusableValuesAreRefused() {
    assertRefused("readTimeout", "0");
    assertRefused("dialTimeout", "-1s");
    assertRefused("sessionTimeout", "600h");
    assertRefused("drainTimeout", "-1s");
    assertRefused("drainTimeout", "9999999");
    assertRefused("backOffDuration", "-5");
    assertRefused("saslMechanism", "SHA512");
  }
}
