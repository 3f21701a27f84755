package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durations;
import dev.inboard.spi.Option;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Opens {@code configuration.file}: items from a JSON or properties file.
 *
 * <p>The file is read when the component opens, so that a missing or broken one stops the start,
 * and again for every get. Subscriptions hear of a change when the file has been left alone for a
 * whole {@code pollInterval}.
 */
public final class FileConfigurationProvider implements ConfigurationProvider {
  static final Option<Path> FILE =
      Option.of("configurationFile", Option.Kind.TEXT, FileConfigurationProvider::path)
          .about("The JSON or .properties file; relative to the working directory")
          .required();
  static final Option<String> NESTED_SEPARATOR =
      Option.text("nestedSeparator").or(".").about("Joins the names of nested objects to a key");
  static final Option<Duration> POLL_INTERVAL =
      Option.of("pollInterval", Option.Kind.DURATION, FileConfigurationProvider::interval)
          .or(Duration.ofSeconds(1))
          .about("How often subscriptions look at the file; 10ms at least");

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

  /** For {@link java.util.ServiceLoader}. */
  public FileConfigurationProvider() {}

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason(), e);
    }
  }

  private static Duration interval(String text) {
    Duration interval = Durations.parse(text, Duration.ofSeconds(1));
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw new IllegalArgumentException("is shorter than 10ms");
    }
    return interval;
  }

  @Override
  public String type() {
    return "configuration.file";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(FILE, NESTED_SEPARATOR, POLL_INTERVAL);
  }

  @Override
  public ConfigurationDriver open(ComponentSpec spec) {
    return FileConfigurationDriver.open(
        spec.label(),
        new ConfigurationFile(spec.get(FILE).toAbsolutePath(), spec.get(NESTED_SEPARATOR)),
        spec.get(POLL_INTERVAL));
  }
}
