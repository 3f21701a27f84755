package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code state.redis}: entries as hashes, in the layout of Dapr's component of that name. */
public final class RedisStateStoreProvider implements StateStoreProvider {
  static final Option<@Nullable Integer> TTL =
      Option.integer("ttlInSeconds", Integer.MIN_VALUE, Integer.MAX_VALUE)
          .about(
              "How long entries live that are written without a time to live; 0 or less: for ever");
  private static final Option<@Nullable String> QUERY_INDEXES =
      Option.text("queryIndexes").about("Read by a sidecar for its query API; without effect here");

  @Override
  public String type() {
    return "state.redis";
  }

  @Override
  public List<Option<?>> options() {
    return Stream.of(RedisOptions.SHARED, List.of(TTL, QUERY_INDEXES), RedisOptions.WITHOUT_EFFECT)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return RedisOptions.check(spec);
  }

  @Override
  public StateStoreDriver open(ComponentSpec spec) {
    Integer seconds = spec.get(TTL);
    return RedisStateStoreDriver.open(
        spec.label(),
        RedisOptions.from(spec),
        seconds == null || seconds <= 0 ? null : Duration.ofSeconds(seconds));
  }
}
