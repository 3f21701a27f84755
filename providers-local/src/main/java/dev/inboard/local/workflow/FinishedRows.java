package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The finished instances by status and age, so that deleting old ones does not look at the others.
 * Not thread-safe.
 */
final class FinishedRows {
  private static final Comparator<StoredRow> BY_AGE =
      (one, other) -> {
        int byTime = one.finishedAt().compareTo(other.finishedAt());
        return byTime != 0 ? byTime : one.id().compareTo(other.id());
      };

  private static final TreeSet<StoredRow> NONE = new TreeSet<>(BY_AGE);

  private final Map<InstanceStatus, TreeSet<StoredRow>> rows = new EnumMap<>(InstanceStatus.class);

  void add(StoredRow row) {
    rows.computeIfAbsent(row.progress.status(), status -> new TreeSet<>(BY_AGE)).add(row);
  }

  void remove(StoredRow row) {
    Set<StoredRow> ofStatus = rows.get(row.progress.status());
    if (ofStatus != null) {
      ofStatus.remove(row);
    }
  }

  /** Returns some of those that a filter means. */
  List<StoredRow> find(InstanceFilter filter, int max) {
    Collection<InstanceStatus> statuses =
        filter.statuses().isEmpty() ? rows.keySet() : filter.statuses();
    Instant before = filter.finishedBefore();
    List<StoredRow> found = new ArrayList<>();
    for (InstanceStatus status : statuses) {
      for (StoredRow row : rows.getOrDefault(status, NONE)) {
        if (found.size() == max || (before != null && !row.finishedAt().isBefore(before))) {
          break;
        }
        if (filter.matches(row.toRecord())) {
          found.add(row);
        }
      }
    }
    return found;
  }
}
