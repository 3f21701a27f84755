package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** How messages are published: fields as Dapr names them. */
final class ProducerOptions {
  private enum Compression {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD
  }

  private enum Acks {
    ALL("all"),
    LOCAL("1"),
    NONE("0");

    final String property;

    Acks(String property) {
      this.property = property;
    }
  }

  /** How long a publish waits for topics to be found, and for a place in the send buffer. */
  static final Duration LONGEST_BLOCK = Duration.ofSeconds(10);

  static final long BUFFER_BYTES = 64L << 20;

  private static final int CLIENT_DEFAULT_BYTES = 1 << 20;
  private static final Duration LEAST_DELIVERY_TIMEOUT = Duration.ofSeconds(30);

  private static final Option<Integer> MAX_MESSAGE_BYTES =
      Option.integer("maxMessageBytes", 0, Integer.MAX_VALUE)
          .about("Largest message to publish; 0: 1 MiB")
          .or(0);
  private static final Option<Compression> COMPRESSION =
      Option.choice("compression", Compression.class)
          .about("none, gzip, snappy, lz4 or zstd")
          .or(Compression.NONE);
  private static final Option<Acks> REQUIRED_ACKS =
      Option.choice("producerRequiredAcks", Acks.class)
          .about("Who must have a message before its publish succeeds: all, local or none")
          .or(Acks.ALL);
  private static final Option<@Nullable Integer> RETRY_MAX =
      Option.integer("producerRetryMax", 0, Integer.MAX_VALUE)
          .about("How often the client sends a batch again; by default as often as time permits");

  static final List<Option<?>> OPTIONS =
      List.of(MAX_MESSAGE_BYTES, COMPRESSION, REQUIRED_ACKS, RETRY_MAX);

  private ProducerOptions() {}

  /** Returns the time after which a publish that the broker has not answered fails. */
  static Duration deliveryTimeout(ComponentSpec spec) {
    Duration answer = spec.get(ConnectionOptions.READ_TIMEOUT);
    return answer.compareTo(LEAST_DELIVERY_TIMEOUT) > 0 ? answer : LEAST_DELIVERY_TIMEOUT;
  }

  /**
   * Returns what is left of the brokers' durability for a producer that waits for fewer of them.
   */
  static @Nullable Durability least(ComponentSpec spec, @Nullable Durability brokers) {
    return switch (spec.get(REQUIRED_ACKS)) {
      case ALL -> brokers;
      case LOCAL -> brokers == Durability.QUORUM ? Durability.OS_BUFFER : brokers;
      case NONE -> Durability.MEMORY;
    };
  }

  static Map<String, Object> properties(ComponentSpec spec) {
    Map<String, Object> properties = new HashMap<>(ConnectionOptions.properties(spec));
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    int largest = spec.get(MAX_MESSAGE_BYTES);
    properties.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest == 0 ? CLIENT_DEFAULT_BYTES : largest);
    properties.put(
        ProducerConfig.COMPRESSION_TYPE_CONFIG,
        spec.get(COMPRESSION).name().toLowerCase(Locale.ROOT));
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(BUFFER_BYTES, 2L * largest));
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LONGEST_BLOCK.toMillis());
    properties.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        Math.toIntExact(deliveryTimeout(spec).toMillis()));
    // A topic that is forgotten must be looked up again, and the caller would wait for that.
    properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
    properties.putAll(safety(spec));
    return properties;
  }

  /** Returns the same for a producer of transactions, which are always written to all. */
  static Map<String, Object> transactional(ComponentSpec spec) {
    Map<String, Object> properties = properties(spec);
    properties.put(ProducerConfig.ACKS_CONFIG, Acks.ALL.property);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.remove(ProducerConfig.RETRIES_CONFIG);
    properties.remove(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION);
    properties.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG, "inboard-" + spec.name() + "-" + UUID.randomUUID());
    properties.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Math.toIntExact(Math.max(60_000, deliveryTimeout(spec).toMillis())));
    return properties;
  }

  /** The client may only repeat a batch when that cannot change the order or repeat a message. */
  private static Map<String, Object> safety(ComponentSpec spec) {
    Map<String, Object> properties = new HashMap<>();
    Acks acks = spec.get(REQUIRED_ACKS);
    Integer retries = spec.get(RETRY_MAX);
    boolean idempotent = acks == Acks.ALL && (retries == null || retries > 0);
    properties.put(ProducerConfig.ACKS_CONFIG, acks.property);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, idempotent);
    if (retries != null) {
      properties.put(ProducerConfig.RETRIES_CONFIG, retries);
    }
    if (!idempotent) {
      properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    }
    return properties;
  }
}
