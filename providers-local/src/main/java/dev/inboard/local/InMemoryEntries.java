package dev.inboard.local;

import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import dev.inboard.spi.state.StoredValue;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an in-memory store by key, and the same keys in order once somebody has asked for
 * a listing.
 *
 * <p>Any thread may read at any time; whoever writes holds the writers' lock of the driver. Ended
 * entries are removed by the way: while there are any that can end, every write looks at two more
 * entries, so garbage stays a fraction of the data without a thread that sweeps and without a
 * pause.
 */
final class InMemoryEntries {
  private static final int LOOKS_PER_WRITE = 2;

  private final Clock clock;
  private final ConcurrentHashMap<String, InMemoryEntry> entries = new ConcurrentHashMap<>();
  private volatile @Nullable NavigableSet<String> keysInOrder; // made by the first listing
  private @Nullable Iterator<Map.Entry<String, InMemoryEntry>> sweep; // null while no entry can end
  private boolean sweepMetEnds;

  InMemoryEntries(Clock clock) {
    this.clock = clock;
  }

  @Nullable InMemoryEntry get(String key) {
    return entries.get(key);
  }

  @Nullable StoredValue live(String key) {
    InMemoryEntry entry = entries.get(key);
    return entry == null ? null : entry.live(clock);
  }

  int size() {
    return entries.size();
  }

  /** Puts one write in place. */
  void put(String key, InMemoryEntry entry) {
    if (entry.isDeletion()) {
      remove(key);
    } else {
      place(key, entry);
    }
    sweep();
  }

  /** Puts several writes in place, all visible in the same moment. */
  void putTogether(Map<String, InMemoryEntry> writes) {
    InMemoryEntry.Commit commit = new InMemoryEntry.Commit();
    writes.forEach(
        (key, entry) -> {
          entry.awaitCommit(commit, entries.get(key));
          place(key, entry);
        });
    commit.done();
    writes.forEach(
        (key, entry) -> {
          if (entry.isDeletion()) {
            remove(key);
          } else {
            entry.committed();
          }
          sweep();
        });
  }

  private void place(String key, InMemoryEntry entry) {
    boolean isNew = entries.put(key, entry) == null;
    if (isNew && keysInOrder != null) {
      keysInOrder.add(key);
    }
    if (entry.canEnd()) {
      sweepMetEnds = true;
      if (sweep == null) {
        sweep = entries.entrySet().iterator();
      }
    }
  }

  private void remove(String key) {
    if (entries.remove(key) != null && keysInOrder != null) {
      keysInOrder.remove(key);
    }
  }

  private void sweep() {
    for (int i = 0; sweep != null && i < LOOKS_PER_WRITE; i++) {
      if (sweep.hasNext()) {
        Map.Entry<String, InMemoryEntry> next = sweep.next();
        sweepMetEnds |= next.getValue().canEnd();
        if (next.getValue().isOver(clock) && entries.get(next.getKey()) == next.getValue()) {
          remove(next.getKey());
        }
      } else {
        sweep = sweepMetEnds ? entries.entrySet().iterator() : null;
        sweepMetEnds = false;
      }
    }
  }

  /** Puts the keys in order, for the first listing. */
  void index() {
    if (keysInOrder == null) {
      keysInOrder = new ConcurrentSkipListSet<>(entries.keySet());
    }
  }

  boolean isIndexed() {
    return keysInOrder != null;
  }

  /**
   * Lists live keys in the order of their characters, once they are indexed.
   *
   * @param after the last key of the page before, or null for the first page
   */
  Page list(String prefix, int limit, @Nullable String after) {
    NavigableSet<String> all = Objects.requireNonNull(keysInOrder, "keys in order");
    List<String> keys = new ArrayList<>();
    for (String key : after == null ? all.tailSet(prefix, true) : all.tailSet(after, false)) {
      if (!key.startsWith(prefix)) {
        break;
      }
      if (live(key) == null) {
        continue;
      }
      if (keys.size() == limit) {
        return new Page(keys, keys.get(limit - 1));
      }
      keys.add(key);
    }
    return new Page(keys, null);
  }
}
