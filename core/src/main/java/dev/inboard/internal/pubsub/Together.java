package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.Publication;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publications that take place together: each is observed by itself, and all end alike. */
record Together(List<Observation> observations) implements Observation {
  static Together begin(ComponentTelemetry telemetry, List<Publication> events) {
    return new Together(
        events.stream().map(event -> telemetry.publish(String.valueOf(event.topic()))).toList());
  }

  /** Lets each event carry its own trace. */
  List<Publication> carrying(List<Publication> events) {
    List<Publication> traced = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      Publication event = events.get(i);
      traced.add(
          new Publication(
              event.topic(),
              event.data(),
              Traces.carriedBy(event.options(), observations.get(i).context())));
    }
    return traced;
  }

  @Override
  public TraceContext context() {
    return TraceContext.NONE; // each has its own
  }

  @Override
  public Scope enter() {
    return () -> {};
  }

  @Override
  public void end(String outcome, @Nullable Throwable failure) {
    observations.forEach(observation -> observation.end(outcome, failure));
  }
}
