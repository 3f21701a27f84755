package dev.inboard.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Address;
import dev.inboard.spi.ComponentSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is understood in a file, and what is refused before anything is opened. */
class RabbitMqOptionsTest {
  private static BrokerAddress parse(String uri) {
    return BrokerAddress.parse("connectionString", uri);
  }

  @Test
  @DisplayName("an address is taken apart, with defaults for what is missing")
  void addressIsTakenApart() {
    BrokerAddress plain = parse("amqp://broker");
    assertThat(plain.nodes()).containsExactly(new Address("broker", 5672));
    assertThat(plain.virtualHost()).isEqualTo("/");
    assertThat(plain.user()).isEqualTo("guest");
    assertThat(plain.tls()).isFalse();

    BrokerAddress whole = parse("amqps://me%40home:p%2Fw+d@a:1,b,[::1]:3/my%2fhost");
    assertThat(whole.nodes())
        .containsExactly(new Address("a", 1), new Address("b", 5671), new Address("[::1]", 3));
    assertThat(whole.user()).isEqualTo("me@home");
    assertThat(whole.password().reveal()).isEqualTo("p/w+d");
    assertThat(whole.virtualHost()).isEqualTo("my/host");
    assertThat(whole.tls()).isTrue();
    assertThat(parse("amqp://broker/").virtualHost()).isEqualTo("/");
    assertThat(parse("amqp://broker/%2f").virtualHost()).isEqualTo("/");
  }

  @Test
  @DisplayName("a wrong address is refused with the cure and without showing the password")
  void wrongAddressIsRefused() {
    for (String wrong :
        List.of(
            "broker:5672",
            "http://me:hidden@broker",
            "amqp://me:hidden@",
            "amqp://me:hidden@broker:port",
            "amqp://me:hidden%zz@broker",
            "amqp://me:hidden@broker?heartbeat=3")) {
      assertThatThrownBy(() -> parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("field 'connectionString': ")
          .hasMessageNotContaining("hidden");
    }
  }

  private static List<String> problems(String uri, String... fields) {
    return new RabbitMqPubSubProvider().check(TestComponents.pubSubSpec(uri, fields));
  }

  @Test
  @DisplayName("fields that do not go together are reported before anything is opened")
  void contradictionsAreReported() {
    assertThat(problems("amqp://broker")).isEmpty();
    assertThat(problems("amqp://broker", "protocol", "amqps"))
        .singleElement()
        .asString()
        .contains("protocol");
    assertThat(problems("amqps://broker", "clientCert", "x"))
        .singleElement()
        .asString()
        .contains("clientKey");
    assertThat(problems("amqp://broker", "caCert", "x"))
        .singleElement()
        .asString()
        .contains("amqps://");
    assertThat(problems("amqps://broker", "saslExternal", "true"))
        .singleElement()
        .asString()
        .contains("saslExternal");
    assertThat(problems("amqps://broker", "caCert", "no PEM"))
        .singleElement()
        .asString()
        .contains("caCert");
  }

  @Test
  @DisplayName("host and login can be given apart, as in Dapr's file")
  void addressInParts() {
    ComponentSpec spec =
        ComponentSpec.of(
            "bus",
            "pubsub.rabbitmq",
            TestComponents.metadata(
                "protocol", "amqp", "hostname", "a:1,b/vhost", "username", "me", "password", "p"));
    assertThat(new RabbitMqPubSubProvider().check(spec)).isEmpty();
  }

  @Test
  @DisplayName("a delay is rounded up to three digits, never down")
  void delayIsRoundedUp() {
    assertThat(DelayQueue.of("x", "", Duration.ofMillis(999)).delay()).hasMillis(999);
    assertThat(DelayQueue.of("x", "", Duration.ofMillis(12_341)).delay()).hasMillis(12_400);
    assertThat(DelayQueue.of("x", "", Duration.ofHours(1)).delay()).hasMillis(3_600_000);
    assertThat(DelayQueue.of("x", "", Duration.ofNanos(1)).delay()).hasMillis(1);
  }

  @Test
  @DisplayName("the binding needs a host and a queue")
  void bindingNeedsHostAndQueue() {
    assertThatThrownBy(
            () ->
                new RabbitMqBindingProvider()
                    .open(
                        ComponentSpec.of(
                            "q", "bindings.rabbitmq", TestComponents.metadata("host", "amqp://a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("queueName");
  }
}
