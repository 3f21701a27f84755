package dev.inboard.kafka;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dapr's fields for a schema registry, which this component cannot serve: known, so that a file
 * which needs one is refused and not misread.
 */
final class SchemaRegistryFields {
  private static final Option<@Nullable String> URL = field("schemaRegistryURL");

  static final List<Option<?>> OPTIONS =
      List.of(
          URL,
          field("schemaRegistryAPIKey"),
          field("schemaRegistryAPISecret"),
          field("schemaCachingEnabled"),
          field("schemaLatestVersionCacheTTL"),
          field("useAvroJSON"));

  private SchemaRegistryFields() {}

  static List<String> check(ComponentSpec spec) {
    return spec.has(URL)
        ? List.of(
            "field 'schemaRegistryURL': schema registries are not supported; encode in the"
                + " application, publish the bytes with rawPayload, and remove the field")
        : List.of();
  }

  private static Option<@Nullable String> field(String name) {
    return Option.text(name).about("Schema registries are not supported");
  }
}
