package dev.inboard.postgresql;

import dev.inboard.spi.Option;
import java.util.regex.Pattern;

/**
 * Names of tables from resource files. They go into statements without quotes, as a sidecar has
 * them, so that both mean the same table.
 */
final class TableNames {
  private static final Pattern NAME =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}[.])?[A-Za-z_][A-Za-z0-9_]{0,62}");
  private static final Pattern PREFIX =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}[.])?([A-Za-z_][A-Za-z0-9_]{0,50})?");

  static final Option<String> METADATA =
      Option.of("metadataTableName", Option.Kind.TEXT, TableNames::table)
          .or("dapr_metadata")
          .about("Table in which migrations and cleanups are recorded; created if absent");

  private TableNames() {}

  static String table(String name) {
    return checked(NAME, name);
  }

  static String prefix(String prefix) {
    return checked(PREFIX, prefix);
  }

  private static String checked(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "may have letters, digits and underscores, and a schema with a dot before them");
    }
    return text;
  }
}
