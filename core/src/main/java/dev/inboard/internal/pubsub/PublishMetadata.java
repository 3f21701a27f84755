package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.PublishOptions.Attributes;
import dev.inboard.spi.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Understands the names in publish metadata that Dapr understands for every component. */
final class PublishMetadata {
  private static final String OVERRIDE = "cloudevent.";

  private PublishMetadata() {}

  /**
   * Returns options that say outright what their metadata says in Dapr's names. What they said
   * outright before counts more; the metadata stays as it is.
   *
   * @throws IllegalArgumentException for a value that Dapr refuses too
   */
  static PublishOptions interpret(PublishOptions options) {
    if (options.metadata().isEmpty()) {
      return options;
    }
    Duration ttl = options.ttl();
    boolean raw = options.raw();
    Map<String, String> overrides = new HashMap<>();
    for (Map.Entry<String, String> entry : options.metadata().entrySet()) {
      String name = entry.getKey().toLowerCase(Locale.ROOT);
      if (entry.getKey().equals("rawPayload")) {
        raw |= parseRaw(entry.getValue());
      } else if (ttl == null && (name.equals("ttl") || name.equals("ttlinseconds"))) {
        ttl = parseTtl(entry.getKey(), entry.getValue());
      } else if (name.startsWith(OVERRIDE)) {
        overrides.put(name.substring(OVERRIDE.length()), entry.getValue());
      }
    }
    return new PublishOptions(
        options.contentType(),
        options.key(),
        ttl,
        options.delay(),
        raw,
        overrides.isEmpty() ? options.attributes() : fill(options.attributes(), overrides),
        options.metadata());
  }

  private static Attributes fill(Attributes given, Map<String, String> overrides) {
    String traceparent = overrides.getOrDefault("traceparent", overrides.get("traceid"));
    return new Attributes(
        either(given.id(), overrides.get("id")),
        either(given.source(), overrides.get("source")),
        either(given.type(), overrides.get("type")),
        either(given.subject(), overrides.get("subject")),
        either(given.traceparent(), traceparent),
        either(given.tracestate(), overrides.get("tracestate")));
  }

  static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first != null ? first : second;
  }

  /** Reads {@code rawPayload} as strictly as Dapr does. */
  static boolean parseRaw(String value) {
    return switch (value) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "rawPayload '" + value + "' is neither true nor false");
    };
  }

  private static Duration parseTtl(String name, String value) {
    Duration ttl;
    try {
      ttl = Durations.parse(value, Duration.ofSeconds(1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " '" + value + "' " + e.getMessage(), e);
    }
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException(name + " '" + value + "' is not positive");
    }
    return ttl;
  }
}
