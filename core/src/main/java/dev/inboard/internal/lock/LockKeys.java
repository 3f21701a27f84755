package dev.inboard.internal.lock;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The keys under which a store sees the locks of an application. Dapr's strategies. */
public final class LockKeys {
  private static final String SEPARATOR = "||";
  private static final int MAX_LENGTH = 1_024;

  static final Option<String> KEY_PREFIX =
      Option.<String>of("keyPrefix", Option.Kind.TEXT, LockKeys::checked)
          .or("appid")
          .about(
              "What stands before every resource: appid (the default), name (of the component), none, or a text of"
                  + " your own, which is lower-cased");

  /** Every field that the runtime itself reads, beside those of the provider. */
  public static final List<Option<?>> OPTIONS = List.of(KEY_PREFIX);

  private final String label;
  private final String prefix;

  LockKeys(ComponentSpec spec, String appId) {
    label = spec.label();
    String name =
        switch (spec.get(KEY_PREFIX)) {
          case "appid" -> appId;
          case "name" -> spec.name();
          case "none" -> "";
          default -> spec.get(KEY_PREFIX);
        };
    prefix = "lock" + SEPARATOR + (name.isEmpty() ? "" : name + SEPARATOR);
  }

  private static String checked(String field) {
    if (field.contains(SEPARATOR)) {
      throw new IllegalArgumentException("contains '||', which separates prefix and resource");
    }
    return field.toLowerCase(Locale.ROOT);
  }

  /** Returns the key of a resource, or says what is wrong with the name. */
  String of(@Nullable String resource) {
    String problem =
        resource == null || resource.isBlank()
            ? "the resource has no name"
            : resource.contains(SEPARATOR)
                ? "the resource contains '||', which separates the prefix from it"
                : resource.length() > MAX_LENGTH
                    ? "the resource has more than 1,024 characters"
                    : null;
    if (problem != null) {
      throw new InboardException(ErrorCode.INVALID_ARGUMENT, label, "lock", problem);
    }
    return prefix + resource;
  }
}
