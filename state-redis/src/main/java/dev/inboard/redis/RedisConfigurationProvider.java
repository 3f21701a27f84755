package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Opens {@code configuration.redis}: items as strings, in the layout of Dapr's component. */
public final class RedisConfigurationProvider implements ConfigurationProvider {
  private static final Option<Duration> POLL_INTERVAL =
      Option.millis("pollInterval")
          .about(
              "How often subscribed items are read again where the server does not tell of changes")
          .or(Duration.ofSeconds(5));

  @Override
  public String type() {
    return "configuration.redis";
  }

  @Override
  public List<Option<?>> options() {
    return Stream.of(RedisOptions.SHARED, List.of(POLL_INTERVAL), RedisOptions.WITHOUT_EFFECT)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(RedisOptions.check(spec));
    if (spec.get(POLL_INTERVAL).compareTo(Duration.ofMillis(10)) < 0) {
      problems.add("'pollInterval' is shorter than 10 ms; write 10ms or more");
    }
    return problems;
  }

  @Override
  public ConfigurationDriver open(ComponentSpec spec) {
    return RedisConfigurationDriver.open(spec, RedisOptions.from(spec), spec.get(POLL_INTERVAL));
  }
}
