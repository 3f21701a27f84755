package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.PolicyTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What Dapr counts of one policy. */
final class ObservedPolicy implements PolicyTelemetry {
  private final boolean isBreaker;
  private final LongCounter activations;
  private final Map<State, Uses> uses = new EnumMap<>(State.class); // of every state
  private volatile State last = State.NONE;

  /** How often the policy was applied in one state. */
  private record Uses(Attributes attributes, LongAdder count) {}

  ObservedPolicy(Attributes identity, boolean isBreaker, LongCounter activations) {
    this.isBreaker = isBreaker;
    this.activations = activations;
    for (State state : State.values()) {
      Attributes attributes = identity.toBuilder().put(Names.DAPR_STATUS, status(state)).build();
      uses.put(state, new Uses(attributes, new LongAdder()));
    }
  }

  private static String status(State state) {
    return state == State.NONE ? "" : state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Uses in(State state) {
    return Objects.requireNonNull(uses.get(state));
  }

  @Override
  public void applied(State state) {
    in(state).count.increment();
    remember(state);
  }

  @Override
  public void activated(State state) {
    activations.add(1, in(state).attributes);
    remember(state);
  }

  private void remember(State state) {
    if (last != state) { // it seldom is, and a write would cost every core
      last = state;
    }
  }

  /** Tells how often it was applied, by state. */
  void tellCount(ObservableLongMeasurement measurement) {
    for (Uses known : uses.values()) {
      long count = known.count.sum();
      if (count > 0) {
        measurement.record(count, known.attributes);
      }
    }
  }

  /** Tells of each state whether a breaker was in it when it was last used. */
  void tellState(ObservableLongMeasurement measurement) {
    State now = last;
    if (!isBreaker || now == State.NONE) {
      return;
    }
    uses.forEach(
        (state, known) -> {
          if (state != State.NONE) {
            measurement.record(state == now ? 1 : 0, known.attributes);
          }
        });
  }
}
