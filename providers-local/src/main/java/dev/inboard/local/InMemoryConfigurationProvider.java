package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
import dev.inboard.spi.configuration.StoredItem;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Keeps configuration in the memory of this process ({@code configuration.in-memory}): for tests
 * and first steps. Other processes do not see it.
 */
public final class InMemoryConfigurationProvider implements ConfigurationProvider {
  static final Option<Map<String, StoredItem>> ITEMS =
      Option.of("items", Option.Kind.TEXT, InMemoryConfigurationProvider::items)
          .or(Map.<String, StoredItem>of())
          .about("What it holds at first: an object of values, each with ||version if it has one");

  /** For {@link java.util.ServiceLoader}. */
  public InMemoryConfigurationProvider() {}

  private static Map<String, StoredItem> items(String text) {
    try {
      return ConfigurationFile.parse(text, ".");
    } catch (IOException e) {
      throw new IllegalArgumentException(ConfigurationFile.problem(e), e);
    }
  }

  @Override
  public String type() {
    return "configuration.in-memory";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ITEMS);
  }

  @Override
  public ConfigurationDriver open(ComponentSpec spec) {
    try {
      return new InMemoryConfigurationDriver(spec.label(), spec.get(ITEMS));
    } catch (IllegalArgumentException e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.valueOf(e.getMessage()), e);
    }
  }
}
