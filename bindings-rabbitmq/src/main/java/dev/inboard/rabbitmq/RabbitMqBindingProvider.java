package dev.inboard.rabbitmq;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.BindingProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens {@code bindings.rabbitmq}: one queue to send to and to read from. */
public final class RabbitMqBindingProvider implements BindingProvider {
  static final Option<Secret> HOST =
      Option.secret("host")
          .about(
              "Address as amqp://user:password@host:5672/vhost, or amqps; several hosts separated"
                  + " by commas are tried in turn")
          .required();
  static final Option<String> QUEUE_NAME = Option.text("queueName").about("The queue").required();
  static final Option<Boolean> DURABLE =
      Option.bool("durable").about("The queue survives the broker's restart").or(false);
  static final Option<Boolean> DELETE_WHEN_UNUSED =
      Option.bool("deleteWhenUnused")
          .about("The broker deletes the queue, and its messages, with its last consumer")
          .or(false);
  static final Option<Boolean> EXCLUSIVE =
      Option.bool("exclusive")
          .about("The queue belongs to this component's connection and ends with it")
          .or(false);
  static final Option<Integer> PREFETCH_COUNT =
      Option.integer("prefetchCount", 0, 65_535)
          .about(
              "Messages that the broker hands over ahead; 0: as many as may be handled at a time")
          .or(0);
  static final Option<@Nullable Integer> MAX_PRIORITY =
      Option.integer("maxPriority", 0, Integer.MAX_VALUE)
          .about("Most urgent priority of the queue, up to 255");
  static final Option<@Nullable Duration> TTL =
      Option.duration("ttlInSeconds")
          .alias("ttl")
          .about("Time to live of messages in the queue (an argument of the queue)");
  static final Option<Duration> RECONNECT_WAIT =
      Option.duration("reconnectWaitInSeconds")
          .about("Longest pause between two attempts to connect again")
          .or(Duration.ofSeconds(5));
  static final Option<Duration> CONFIRM_TIMEOUT =
      Option.duration("confirmTimeout")
          .about("Longest wait for the broker's confirm; a sidecar ignores it")
          .or(Duration.ofSeconds(30));
  static final Option<Boolean> DECLARE_TOPOLOGY =
      Option.bool("declareTopology")
          .about("false: use the queue that exists, whatever it is; a sidecar ignores it")
          .or(true);
  static final Option<@Nullable String> CA_CERT =
      Option.text("caCert")
          .about("Authorities to trust, as PEM text; those of the JVM when there are none");
  static final Option<@Nullable String> CLIENT_CERT =
      Option.text("clientCert").about("Certificate of this client, as PEM text");
  static final Option<@Nullable Secret> CLIENT_KEY =
      Option.secret("clientKey").about("Its private key, as PEM text (PKCS #8)");
  static final Option<Boolean> EXTERNAL_SASL =
      Option.bool("externalSasl").about("The certificate is the login").or(false);
  static final Option<@Nullable String> CONTENT_TYPE =
      Option.text("contentType")
          .about("Read by a sidecar, without effect; give it with each request");

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  @Override
  public String type() {
    return "bindings.rabbitmq";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        HOST,
        QUEUE_NAME,
        DURABLE,
        DELETE_WHEN_UNUSED,
        EXCLUSIVE,
        PREFETCH_COUNT,
        MAX_PRIORITY,
        TTL,
        RECONNECT_WAIT,
        CONFIRM_TIMEOUT,
        DECLARE_TOPOLOGY,
        CA_CERT,
        CLIENT_CERT,
        CLIENT_KEY,
        EXTERNAL_SASL,
        CONTENT_TYPE);
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    try {
      BrokerAddress address = BrokerAddress.parse(HOST.name(), spec.get(HOST).reveal());
      tls(spec).check(address.tls(), spec.get(EXTERNAL_SASL), EXTERNAL_SASL.name(), problems);
      OutgoingProperties.shortText("queue's name", spec.get(QUEUE_NAME));
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return problems;
  }

  private static Tls tls(ComponentSpec spec) {
    return new Tls(spec.get(CA_CERT), spec.get(CLIENT_CERT), spec.get(CLIENT_KEY));
  }

  private static QueueTopology queue(ComponentSpec spec) {
    Map<String, Object> arguments = new HashMap<>();
    Duration ttl = spec.get(TTL);
    if (ttl != null) {
      arguments.put("x-message-ttl", ttl.toMillis());
    }
    Integer priority = spec.get(MAX_PRIORITY);
    if (priority != null) {
      arguments.put("x-max-priority", Math.min(255, priority));
    }
    return new QueueTopology(
        spec.get(QUEUE_NAME),
        spec.get(DECLARE_TOPOLOGY),
        spec.get(DURABLE),
        spec.get(DELETE_WHEN_UNUSED),
        spec.get(EXCLUSIVE),
        arguments,
        null,
        List.of(),
        null);
  }

  @Override
  public BindingDriver open(ComponentSpec spec) {
    ConnectionOptions options =
        new ConnectionOptions(
            BrokerAddress.parse(HOST.name(), spec.get(HOST).reveal()),
            tls(spec),
            spec.get(EXTERNAL_SASL),
            HEARTBEAT,
            spec.get(RECONNECT_WAIT),
            "inboard-" + spec.appId());
    return RabbitMqBindingDriver.open(
        spec, options, queue(spec), spec.get(PREFETCH_COUNT), spec.get(CONFIRM_TIMEOUT));
  }
}
