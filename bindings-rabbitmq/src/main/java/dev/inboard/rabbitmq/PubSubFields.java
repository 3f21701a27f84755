package dev.inboard.rabbitmq;

import dev.inboard.common.Secret;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metadata fields of {@code pubsub.rabbitmq}, and those of its subscriptions. */
final class PubSubFields {
  private PubSubFields() {}

  enum Protocol {
    AMQP,
    AMQPS
  }

  enum ConcurrencyMode {
    PARALLEL,
    SINGLE
  }

  enum ExchangeKind {
    FANOUT,
    TOPIC,
    DIRECT,
    HEADERS
  }

  enum QueueType {
    CLASSIC,
    QUORUM
  }

  static final Option<@Nullable Secret> CONNECTION_STRING =
      Option.secret("connectionString")
          .alias("host")
          .about(
              "Address as amqp://user:password@host:5672/vhost, or amqps; several hosts separated"
                  + " by commas are tried in turn");
  static final Option<Protocol> PROTOCOL =
      Option.choice("protocol", Protocol.class)
          .about("amqp, or amqps for TLS; with hostname in place of connectionString")
          .or(Protocol.AMQP);
  static final Option<String> HOSTNAME =
      Option.text("hostname")
          .about("Host, or host:port/vhost; several hosts separated by commas")
          .or("localhost");
  static final Option<@Nullable String> USERNAME =
      Option.text("username").about("User, when the address names none");
  static final Option<@Nullable Secret> PASSWORD =
      Option.secret("password").about("Password of that user");
  static final Option<@Nullable String> CONSUMER_ID =
      Option.text("consumerID")
          .about(
              "Who shares messages: first part of the queues' names; the app id when there is"
                  + " none");
  static final Option<Boolean> DURABLE =
      Option.bool("durable").about("Exchanges and queues survive the broker's restart").or(true);
  static final Option<Boolean> DELETED_WHEN_UNUSED =
      Option.bool("deletedWhenUnused")
          .about(
              "The broker deletes a queue, and its messages, with its last consumer, and an"
                  + " exchange with its last queue")
          .or(true);
  static final Option<Boolean> AUTO_ACK =
      Option.bool("autoAck")
          .about(
              "The broker forgets a message before it is handled: one that is under way when the"
                  + " process dies is lost")
          .or(false);
  static final Option<Boolean> REQUEUE_IN_FAILURE =
      Option.bool("requeueInFailure")
          .about(
              "With enableDeadLetter: deliver what was not handled again instead of dead-lettering"
                  + " it")
          .or(false);
  static final Option<@Nullable Integer> DELIVERY_MODE =
      Option.integer("deliveryMode", 0, 2)
          .about(
              "2: messages are kept on disk (the default where durable); 0 and 1: in memory only");
  static final Option<Integer> PREFETCH_COUNT =
      Option.integer("prefetchCount", 0, 65_535)
          .about(
              "Messages that the broker hands over ahead; 0: as many as may be handled at a time")
          .or(0);
  static final Option<ConcurrencyMode> CONCURRENCY_MODE =
      Option.choice("concurrencyMode", ConcurrencyMode.class)
          .alias("concurrency")
          .about("single: one message at a time, in order")
          .or(ConcurrencyMode.PARALLEL);
  static final Option<Boolean> PUBLISHER_CONFIRM =
      Option.bool("publisherConfirm")
          .about(
              "Publishing waits for the broker's word; false: until the message is on the network")
          .or(true);
  static final Option<Duration> CONFIRM_TIMEOUT =
      Option.duration("confirmTimeout")
          .about("Longest wait for that word; a sidecar ignores it")
          .or(Duration.ofSeconds(30));
  static final Option<@Nullable Boolean> MANDATORY =
      Option.bool("mandatory")
          .about(
              "A message that leads to no queue is an error; by default unless exchangeKind is"
                  + " fanout; a sidecar ignores it");
  static final Option<Boolean> DECLARE_TOPOLOGY =
      Option.bool("declareTopology")
          .about(
              "false: use the exchanges and queues that exist, whatever they are; a sidecar ignores"
                  + " it")
          .or(true);
  static final Option<Duration> RECONNECT_WAIT =
      Option.duration("reconnectWaitSeconds")
          .alias("reconnectWait")
          .about("Longest pause between two attempts to connect again")
          .or(Duration.ofSeconds(3));
  static final Option<@Nullable Long> MAX_LENGTH =
      Option.bigInteger("maxLen", 0, Long.MAX_VALUE)
          .about("Most messages in a queue; the oldest go");
  static final Option<@Nullable Long> MAX_LENGTH_BYTES =
      Option.bigInteger("maxLenBytes", 0, Long.MAX_VALUE)
          .about("Most bytes in a queue; the oldest go");
  static final Option<Boolean> ENABLE_DEAD_LETTER =
      Option.bool("enableDeadLetter")
          .about(
              "Each queue has an exchange dlx-<queue> and a queue dlq-<queue> for what it gives up")
          .or(false);
  static final Option<ExchangeKind> EXCHANGE_KIND =
      Option.choice("exchangeKind", ExchangeKind.class)
          .about("fanout, topic, direct or headers")
          .or(ExchangeKind.FANOUT);
  static final Option<@Nullable Duration> TTL =
      Option.duration("ttlInSeconds").about("Time to live of messages that bring none");
  static final Option<@Nullable String> CLIENT_NAME =
      Option.text("clientName")
          .about("Name of the connections at the broker; inboard-<app id> when there is none");
  static final Option<Duration> HEARTBEAT =
      Option.duration("heartBeat")
          .about(
              "How often both sides say that they live; a peer that is silent for twice as long is"
                  + " gone")
          .or(Duration.ofSeconds(10));
  static final Option<@Nullable String> CA_CERT =
      Option.text("caCert")
          .about("Authorities to trust, as PEM text; those of the JVM when there are none");
  static final Option<@Nullable String> CLIENT_CERT =
      Option.text("clientCert").about("Certificate of this client, as PEM text");
  static final Option<@Nullable Secret> CLIENT_KEY =
      Option.secret("clientKey").about("Its private key, as PEM text (PKCS #8)");
  static final Option<Boolean> SASL_EXTERNAL =
      Option.bool("saslExternal").about("The certificate is the login").or(false);
  static final Option<Boolean> PROPERTIES_AS_METADATA =
      Option.bool("publishMessagePropertiesToMetadata")
          .about(
              "Messages bring metadata.messageid, metadata.correlationid, metadata.type,"
                  + " metadata.contenttype")
          .or(false);

  static final List<Option<?>> COMPONENT =
      List.of(
          CONNECTION_STRING,
          PROTOCOL,
          HOSTNAME,
          USERNAME,
          PASSWORD,
          CONSUMER_ID,
          DURABLE,
          DELETED_WHEN_UNUSED,
          AUTO_ACK,
          REQUEUE_IN_FAILURE,
          DELIVERY_MODE,
          PREFETCH_COUNT,
          CONCURRENCY_MODE,
          PUBLISHER_CONFIRM,
          CONFIRM_TIMEOUT,
          MANDATORY,
          DECLARE_TOPOLOGY,
          RECONNECT_WAIT,
          MAX_LENGTH,
          MAX_LENGTH_BYTES,
          ENABLE_DEAD_LETTER,
          EXCHANGE_KIND,
          TTL,
          CLIENT_NAME,
          HEARTBEAT,
          CA_CERT,
          CLIENT_CERT,
          CLIENT_KEY,
          SASL_EXTERNAL,
          PROPERTIES_AS_METADATA);

  // of a subscription

  static final Option<@Nullable String> QUEUE_NAME =
      Option.text("queueName").about("The queue; <consumerID>-<topic> when there is none");
  static final Option<@Nullable String> ROUTING_KEY =
      Option.text("routingKey")
          .about(
              "Keys to bind the queue with, separated by commas; the empty key when there is none");
  static final Option<QueueType> QUEUE_TYPE =
      Option.choice("queueType", QueueType.class).about("classic or quorum").or(QueueType.CLASSIC);
  static final Option<@Nullable Integer> MAX_PRIORITY =
      Option.integer("maxPriority", 0, Integer.MAX_VALUE)
          .about("Most urgent priority of the queue, up to 255");
  static final Option<Boolean> SINGLE_ACTIVE_CONSUMER =
      Option.bool("singleActiveConsumer")
          .about("One member consumes, the others stand by")
          .or(false);
}
