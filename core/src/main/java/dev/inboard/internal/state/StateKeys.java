package dev.inboard.internal.state;

import org.jspecify.annotations.Nullable;

/** Which keys an application may use. The same for every store, so that stores can be exchanged. */
final class StateKeys {
  /** The most bytes of a key in UTF-8, without its prefix. */
  static final int MAX_BYTES = 1_024;

  private StateKeys() {}

  /** Returns what is wrong with a key, or null if nothing is. */
  static @Nullable String problemWith(@Nullable String key) {
    if (key == null) {
      return "the key is null";
    }
    return key.isEmpty() ? "the key is empty" : problemWithText(key);
  }

  /** Returns what is wrong with a key or with the beginning of keys, or null if nothing is. */
  static @Nullable String problemWithText(String key) {
    int bytes = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '|' && i + 1 < key.length() && key.charAt(i + 1) == '|') {
        return "the key contains '||', which separates the prefix from the key";
      }
      if (c == 0) {
        return "the key contains the character U+0000, which not every store can keep";
      }
      if (!Character.isSurrogate(c)) {
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < key.length()
          && Character.isLowSurrogate(key.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return "the key contains half a surrogate pair, which has no form in UTF-8";
      }
      if (bytes > MAX_BYTES) {
        return "the key has more than 1,024 bytes in UTF-8";
      }
    }
    return null;
  }

  /** Returns a key as error messages show it. */
  static String shown(@Nullable String key) {
    return key == null || key.length() <= MAX_BYTES
        ? String.valueOf(key)
        : key.substring(0, 40) + "…";
  }
}
