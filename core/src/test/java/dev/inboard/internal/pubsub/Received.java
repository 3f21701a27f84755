package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps the events it is given. */
final class Received {
  private final List<Event<byte[]>> events = new CopyOnWriteArrayList<>();

  Outcome add(Event<byte[]> event) {
    events.add(event);
    return Outcome.SUCCESS;
  }

  int count() {
    return events.size();
  }

  /** Waits for the first event. */
  Event<byte[]> first() {
    Station.eventually(() -> assertThat(events).isNotEmpty());
    return events.get(0);
  }

  List<String> texts() {
    return events.stream().map(event -> new String(event.data(), UTF_8)).toList();
  }
}
