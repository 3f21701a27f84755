package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.PubSubProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code pubsub.redis}: topics as Redis streams, in the layout of Dapr's component. */
public final class RedisPubSubProvider implements PubSubProvider {
  private static final Option<@Nullable String> CONSUMER_ID =
      Option.text("consumerID").about("The consumer group; the app id when there is none");
  private static final Option<Duration> PROCESSING_TIMEOUT =
      Option.millis("processingTimeout")
          .about(
              "Silence after which another member takes over what a member has not settled; 0: never")
          .or(Duration.ofSeconds(60));
  private static final Option<Duration> REDELIVER_INTERVAL =
      Option.millis("redeliverInterval")
          .about("Pause between two looks for messages to take over; 0: never")
          .or(Duration.ofSeconds(15));
  private static final Option<Integer> QUEUE_DEPTH =
      Option.integer("queueDepth", 1, 1_000_000)
          .about("The most messages that a subscription fetches ahead or keeps for redelivery")
          .or(100);
  private static final Option<@Nullable Long> MAX_LENGTH =
      Option.bigInteger("maxLenApprox", 1, Long.MAX_VALUE)
          .about("Publishing cuts the stream to about this length, delivered or not");
  private static final Option<@Nullable Duration> STREAM_TTL =
      Option.millis("streamTTL").about("Publishing cuts off what is older, delivered or not");
  private static final Option<@Nullable String> CONCURRENCY =
      Option.text("concurrency")
          .about("Read by a sidecar; here each subscription says how much it takes at a time");

  @Override
  public String type() {
    return "pubsub.redis";
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> own =
        List.of(
            CONSUMER_ID,
            PROCESSING_TIMEOUT,
            REDELIVER_INTERVAL,
            QUEUE_DEPTH,
            MAX_LENGTH,
            STREAM_TTL,
            CONCURRENCY);
    return Stream.of(RedisOptions.SHARED, own, RedisOptions.WITHOUT_EFFECT)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(RedisOptions.check(spec));
    if (spec.has(MAX_LENGTH) && spec.has(STREAM_TTL)) {
      problems.add("'maxLenApprox' and 'streamTTL' exclude each other; choose one way of trimming");
    }
    return problems;
  }

  @Override
  public PubSubDriver open(ComponentSpec spec) {
    String consumerId = spec.get(CONSUMER_ID);
    return RedisPubSubDriver.open(
        spec,
        RedisOptions.from(spec),
        new StreamOptions(
            consumerId == null || consumerId.isBlank() ? spec.appId() : consumerId.strip(),
            spec.get(PROCESSING_TIMEOUT),
            spec.get(REDELIVER_INTERVAL),
            spec.get(QUEUE_DEPTH),
            spec.get(MAX_LENGTH),
            spec.get(STREAM_TTL)));
  }
}
