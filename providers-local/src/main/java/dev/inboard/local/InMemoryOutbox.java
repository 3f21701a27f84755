package dev.inboard.local;

import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The events that wait beside the entries of an in-memory store. For one thread at a time. */
final class InMemoryOutbox {
  private final Map<String, NavigableMap<Long, StoredEvent>> outboxes = new HashMap<>();
  private long last;

  void add(String name, List<OutboxEvent> events) {
    for (OutboxEvent event : events) {
      last++;
      outboxes
          .computeIfAbsent(name, any -> new TreeMap<>())
          .put(last, new StoredEvent(Long.toString(last), event.key(), event.body().clone()));
    }
  }

  List<StoredEvent> next(String name, @Nullable String after, int limit) {
    NavigableMap<Long, StoredEvent> events = outboxes.getOrDefault(name, new TreeMap<>());
    long from = after == null ? 0 : Long.parseLong(after);
    return events.tailMap(from, false).values().stream().limit(limit).toList();
  }

  long count(String name) {
    return outboxes.getOrDefault(name, new TreeMap<>()).size();
  }

  void remove(String name, List<String> positions) {
    NavigableMap<Long, StoredEvent> events = outboxes.get(name);
    if (events != null) {
      positions.forEach(position -> events.remove(Long.parseLong(position)));
    }
  }
}
