package dev.inboard.internal.state;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.ComponentSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What stands before every key of one store, so that applications that share it do not meet. Dapr's
 * strategies.
 */
final class KeyPrefix {
  static final String SEPARATOR = "||";

  private final String text; // with the separator; empty when there is no prefix

  private KeyPrefix(String text) {
    this.text = text;
  }

  /** Chooses the prefix of a component. */
  static KeyPrefix of(ComponentSpec spec, RuntimeContext context) {
    String name =
        switch (spec.get(StateOptions.KEY_PREFIX)) {
          case "appid" -> context.appId();
          case "name" -> spec.name();
          case "namespace" -> namespaced(context.namespace(), context.appId());
          case "none" -> "";
          default -> spec.get(StateOptions.KEY_PREFIX);
        };
    if (name.contains(SEPARATOR)) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          spec.label(),
          "open",
          "the key prefix '"
              + name
              + "' contains '||', which separates prefix and key; choose another keyPrefix");
    }
    return new KeyPrefix(name.isEmpty() ? "" : name + SEPARATOR);
  }

  private static String namespaced(@Nullable String namespace, String appId) {
    return namespace == null || namespace.isEmpty() ? appId : namespace + "." + appId;
  }

  /** Reads the field as Dapr does: in lower case, whatever it is. */
  static String checked(String field) {
    if (field.contains(SEPARATOR)) {
      throw new IllegalArgumentException("contains '||', which separates prefix and key");
    }
    return field.toLowerCase(Locale.ROOT);
  }

  /** Returns the key as the store has it. */
  String before(String key) {
    return text.concat(key);
  }

  /** Returns the application's key, or null for a stored key that no application key leads to. */
  @Nullable String strippedFrom(String storedKey) {
    if (!storedKey.startsWith(text)) {
      return null;
    }
    String key = storedKey.substring(text.length());
    return key.isEmpty() || key.contains(SEPARATOR) ? null : key;
  }
}
