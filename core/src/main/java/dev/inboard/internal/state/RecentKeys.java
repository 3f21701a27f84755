package dev.inboard.internal.state;

import org.jspecify.annotations.Nullable;

/**
 * The stored forms of keys used of late, so that a key that comes again is neither checked nor
 * built again.
 *
 * <p>A fixed number of slots, one key each, shared by all threads without a lock: a race only loses
 * a memory.
 */
final class RecentKeys {
  private static final int SLOTS = 1_024;
  private static final int LONGEST = 128; // longer ones would hold too much memory

  private final @Nullable Known[] slots = new Known[SLOTS];

  private record Known(String key, String storedKey) {}

  /** Returns the stored form, or null if it is not remembered. */
  @Nullable String find(String key) {
    Known known = slots[slot(key)];
    return known != null && known.key.equals(key) ? known.storedKey : null;
  }

  void remember(String key, String storedKey) {
    if (key.length() <= LONGEST) {
      slots[slot(key)] = new Known(key, storedKey);
    }
  }

  private static int slot(String key) {
    int hash = key.hashCode();
    return (hash ^ hash >>> 10 ^ hash >>> 20) & SLOTS - 1;
  }
}
