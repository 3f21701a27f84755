package dev.inboard.internal.resources;

import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code spec.metadata}: a literal value, a reference to a secret, or a reference to a
 * variable.
 */
public sealed interface MetadataItem {
  /** Returns the field's name as written. */
  String name();

  /** Returns where it stands. */
  Origin origin();

  /** A value in the file, turned into text as Dapr does; template tags are not yet replaced. */
  record Literal(String name, String value, Origin origin) implements MetadataItem {
    /** Shows no value: it may be a password. */
    @Override
    public String toString() {
      return "Literal[" + name + ", " + origin + "]";
    }
  }

  /**
   * A value in a secret store.
   *
   * @param secret name of the secret
   * @param key which of its values; null: the one called like the secret
   */
  record SecretRef(String name, String secret, @Nullable String key, Origin origin)
      implements MetadataItem {}

  /** A value in an environment variable. */
  record EnvRef(String name, String variable, Origin origin) implements MetadataItem {}
}
