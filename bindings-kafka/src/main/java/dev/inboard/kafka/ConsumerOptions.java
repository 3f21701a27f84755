package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How messages are consumed: fields as Dapr names them, and two of our own.
 *
 * @param group the consumer group
 * @param fromOldest where a group that is new to a topic begins: at its oldest message, or behind
 *     its newest
 * @param pause before a message is delivered again
 * @param drainTimeout how long a partition that goes to another member waits for what is under way
 * @param properties of the client
 */
record ConsumerOptions(
    String group,
    boolean fromOldest,
    RedeliveryPause pause,
    Duration drainTimeout,
    Map<String, Object> properties) {

  private enum InitialOffset {
    NEWEST,
    OLDEST
  }

  private enum BackOff {
    CONSTANT,
    EXPONENTIAL
  }

  private enum Isolation {
    READ_UNCOMMITTED,
    READ_COMMITTED
  }

  /** Which member gets which partitions. */
  enum Strategy {
    COOPERATIVE_STICKY(CooperativeStickyAssignor.class),
    RANGE(RangeAssignor.class),
    STICKY(StickyAssignor.class),
    ROUNDROBIN(RoundRobinAssignor.class);

    final Class<?> assignor;

    Strategy(Class<?> assignor) {
      this.assignor = assignor;
    }
  }

  private static final Duration SLACK = Duration.ofMinutes(1);
  private static final Duration LEAST_POLL_INTERVAL = Duration.ofMinutes(5);
  private static final RedeliveryPause DEFAULT_PAUSE =
      new RedeliveryPause(Duration.ofSeconds(1), 2, Duration.ofSeconds(32), 0);

  private static final Option<@Nullable String> CONSUMER_GROUP =
      Option.text("consumerGroup").about("The consumer group; 'consumerID' when there is none");
  private static final Option<@Nullable String> CONSUMER_ID =
      Option.text("consumerID")
          .about("The consumer group, when there is no 'consumerGroup'; the app id by default");
  private static final Option<InitialOffset> INITIAL_OFFSET =
      Option.choice("initialOffset", InitialOffset.class)
          .about("Where a group begins that is new to a topic: newest or oldest")
          .or(InitialOffset.NEWEST);
  private static final Option<Duration> HEARTBEAT =
      TimeSpans.seconds("heartbeatInterval", 1)
          .about("How often a member says that it lives")
          .or(Duration.ofSeconds(3));
  private static final Option<Duration> SESSION =
      TimeSpans.seconds("sessionTimeout", 1)
          .about("Silence after which a member is taken for dead")
          .or(Duration.ofSeconds(10));
  private static final Option<Strategy> STRATEGY =
      Option.choice("consumerGroupRebalanceStrategy", Strategy.class)
          .about(
              "cooperative-sticky; or, in a group that is shared with sidecars, what they use:"
                  + " range, sticky or roundrobin")
          .or(Strategy.COOPERATIVE_STICKY);
  private static final Option<Integer> FETCH_MIN =
      Option.integer("consumerFetchMin", 1, Integer.MAX_VALUE)
          .about("Fewest bytes for which the broker answers a fetch at once")
          .or(1);
  private static final Option<Integer> FETCH_DEFAULT =
      Option.integer("consumerFetchDefault", 1, Integer.MAX_VALUE)
          .about("Most bytes of one partition per fetch; a larger message is fetched by itself")
          .or(1 << 20);
  private static final Option<@Nullable BackOff> BACK_OFF_POLICY =
      Option.choice("backOffPolicy", BackOff.class)
          .about("constant or exponential: how the pause before a redelivery grows");
  private static final Option<Duration> BACK_OFF_DURATION =
      TimeSpans.millis("backOffDuration", 0)
          .about("The pause, when it is constant")
          .or(Duration.ofSeconds(5));
  private static final Option<Duration> BACK_OFF_INITIAL =
      TimeSpans.millis("backOffInitialInterval", 0)
          .about("The first pause, when it grows")
          .or(Duration.ofMillis(500));
  private static final Option<Double> BACK_OFF_MULTIPLIER =
      Option.of("backOffMultiplier", Option.Kind.TEXT, text -> number(text, 1, 100))
          .about("By how much it grows")
          .or(1.5);
  private static final Option<Double> BACK_OFF_RANDOMIZATION =
      Option.of("backOffRandomizationFactor", Option.Kind.TEXT, text -> number(text, 0, 1))
          .about("By which part it varies at random")
          .or(0.5);
  private static final Option<Duration> BACK_OFF_MAX =
      TimeSpans.millis("backOffMaxInterval", 0)
          .about("The longest pause, when it grows")
          .or(Duration.ofSeconds(60));
  private static final Option<Duration> DRAIN_TIMEOUT =
      TimeSpans.seconds("drainTimeout", 0)
          .about(
              "How long a partition that goes to another member waits for handlers under way; a"
                  + " sidecar ignores it")
          .or(Duration.ofSeconds(60));
  private static final Option<Isolation> ISOLATION =
      Option.choice("isolationLevel", Isolation.class)
          .about(
              "read-committed: messages of transactions arrive when these are committed; a sidecar"
                  + " ignores it")
          .or(Isolation.READ_UNCOMMITTED);

  static final List<Option<?>> OPTIONS =
      List.of(
          CONSUMER_GROUP,
          CONSUMER_ID,
          INITIAL_OFFSET,
          HEARTBEAT,
          SESSION,
          STRATEGY,
          FETCH_MIN,
          FETCH_DEFAULT,
          BACK_OFF_POLICY,
          BACK_OFF_DURATION,
          BACK_OFF_INITIAL,
          BACK_OFF_MULTIPLIER,
          BACK_OFF_RANDOMIZATION,
          BACK_OFF_MAX,
          DRAIN_TIMEOUT,
          ISOLATION);

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (spec.get(HEARTBEAT).multipliedBy(2).compareTo(spec.get(SESSION)) > 0) {
      problems.add(
          "'heartbeatInterval' must be at most half of 'sessionTimeout'; a third is usual");
    }
    return problems;
  }

  static ConsumerOptions from(ComponentSpec spec) {
    return new ConsumerOptions(
        group(spec),
        spec.get(INITIAL_OFFSET) == InitialOffset.OLDEST,
        pause(spec),
        spec.get(DRAIN_TIMEOUT),
        Map.copyOf(clientProperties(spec)));
  }

  /** Says whether the file leaves the strategy open, so that a running group may decide. */
  static boolean strategyIsOpen(ComponentSpec spec) {
    return !spec.has(STRATEGY);
  }

  private static String group(ComponentSpec spec) {
    for (Option<@Nullable String> option : List.of(CONSUMER_GROUP, CONSUMER_ID)) {
      String given = spec.get(option);
      if (given != null && !given.isBlank()) {
        return given.strip();
      }
    }
    return spec.appId();
  }

  private static RedeliveryPause pause(ComponentSpec spec) {
    BackOff policy = spec.get(BACK_OFF_POLICY);
    if (policy == BackOff.EXPONENTIAL) {
      return new RedeliveryPause(
          spec.get(BACK_OFF_INITIAL),
          spec.get(BACK_OFF_MULTIPLIER),
          spec.get(BACK_OFF_MAX),
          spec.get(BACK_OFF_RANDOMIZATION));
    }
    Duration constant = spec.get(BACK_OFF_DURATION);
    return policy == BackOff.CONSTANT || spec.has(BACK_OFF_DURATION)
        ? new RedeliveryPause(constant, 1, constant, 0)
        : DEFAULT_PAUSE;
  }

  private static Map<String, Object> clientProperties(ComponentSpec spec) {
    Map<String, Object> properties = new HashMap<>(ConnectionOptions.properties(spec));
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(spec));
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Where to begin is decided here, and written down at once, so that nothing falls in between.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(
        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
        Math.toIntExact(spec.get(HEARTBEAT).toMillis()));
    properties.put(
        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Math.toIntExact(spec.get(SESSION).toMillis()));
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, spec.get(STRATEGY).assignor.getName());
    properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, spec.get(FETCH_MIN));
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, spec.get(FETCH_DEFAULT));
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, spec.get(ISOLATION).name().toLowerCase(Locale.ROOT));
    Duration drain = spec.get(DRAIN_TIMEOUT).plus(SLACK);
    Duration pollInterval = drain.compareTo(LEAST_POLL_INTERVAL) > 0 ? drain : LEAST_POLL_INTERVAL;
    properties.put(
        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Math.toIntExact(pollInterval.toMillis()));
    properties.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
        Math.toIntExact(spec.get(ConnectionOptions.READ_TIMEOUT).toMillis()));
    return properties;
  }

  private static double number(String text, double least, double most) {
    double number;
    try {
      number = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is no number", e);
    }
    if (!(number >= least && number <= most)) {
      throw new IllegalArgumentException("is not between " + least + " and " + most);
    }
    return number;
  }
}
