package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.PubSubProvider;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code pubsub.in-memory}: topics inside the process that behave like those of a broker.
 *
 * <p>Components of one name meet on one bus, also those of several runtimes in one JVM, as if they
 * named one server; the {@code bus} field keeps them apart. Topics come into being by use. Each
 * consumer group has a bounded queue per topic, from its first subscription on; a full queue makes
 * publishers wait. Everything is gone with the last component that uses the bus.
 */
public final class InMemoryPubSubProvider implements PubSubProvider {
  static final Option<String> BUS =
      Option.text("bus")
          .or("")
          .about("Components of one name and one bus share topics; {uuid} keeps a runtime alone");
  static final Option<@Nullable String> CONSUMER_ID =
      Option.text("consumerID")
          .about("The consumer group of this application's subscriptions; its app id by default");
  static final Option<Integer> QUEUE_LENGTH =
      Option.integer("queueLength", 1, 100_000_000)
          .or(10_000)
          .about("How many messages wait per topic and group before publishers have to wait");
  static final Option<Duration> PUBLISH_TIMEOUT =
      Option.duration("publishTimeout")
          .or(Duration.ofSeconds(30))
          .about("The longest that a publisher waits for room; then the call fails with EXHAUSTED");
  static final Option<Duration> REDELIVER_INTERVAL =
      Option.duration("redeliverInterval")
          .or(Duration.ofSeconds(1))
          .about(
              "How long a failed message stays away at first; doubles each time, up to a minute");
  static final Option<Boolean> RETAINED =
      Option.bool("retained")
          .or(true)
          .about("Whether a group's messages are kept while it has no subscription");

  /** For {@link java.util.ServiceLoader}. */
  public InMemoryPubSubProvider() {}

  @Override
  public String type() {
    return "pubsub.in-memory";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(BUS, CONSUMER_ID, QUEUE_LENGTH, PUBLISH_TIMEOUT, REDELIVER_INTERVAL, RETAINED);
  }

  @Override
  public PubSubDriver open(ComponentSpec spec) {
    try {
      String group = spec.get(CONSUMER_ID);
      InMemoryGroup.Settings settings =
          new InMemoryGroup.Settings(
              spec.get(QUEUE_LENGTH),
              spec.get(PUBLISH_TIMEOUT),
              spec.get(REDELIVER_INTERVAL),
              spec.get(RETAINED));
      return new InMemoryPubSubDriver(
          spec.label(),
          InMemoryBus.join(spec.name() + "/" + spec.get(BUS)),
          group == null ? spec.appId() : group.strip(),
          settings);
    } catch (IllegalArgumentException e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.valueOf(e.getMessage()), e);
    }
  }
}
