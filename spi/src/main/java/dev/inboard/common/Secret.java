package dev.inboard.common;

import java.util.Objects;

/**
 * A value that must not be seen: a password, a key, a token.
 *
 * <p>Its {@link #toString} never shows the value, so that it cannot slip into a log, an exception
 * or a metric. Whoever needs the value asks for it with {@link #reveal}. Equality compares the
 * values.
 */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /** Wraps a value. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** Returns the value itself. Hand it to the client that needs it, and to nothing else. */
  public String reveal() {
    return value;
  }

  /** Says whether the value is the empty text. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "Secret[***]";
  }
}
