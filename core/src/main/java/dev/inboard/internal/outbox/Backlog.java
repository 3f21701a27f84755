package dev.inboard.internal.outbox;

import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.state.DefaultStateStore;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.ComponentTelemetry.Registration;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * How many events wait in an outbox, and for how long: what was so when this process, which relays
 * it, last looked. It looks only when somebody listens, once a second, and less often when looking
 * takes long; nobody waits for that.
 */
final class Backlog {
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int SHARE = 20; // it looks for at most one part in so many of the time
  private static final Seen NOTHING = new Seen(-1, -1);

  private final OpenedComponent<StateStoreDriver> component;
  private final DefaultStateStore store;
  private final String outbox;
  private final Clock clock;
  private final List<Registration> gauges;
  private volatile Seen seen = NOTHING;
  private volatile boolean looking;
  private volatile boolean relaying;
  private volatile long next = System.nanoTime();

  /**
   * What was there.
   *
   * @param oldest when the oldest event was made, in milliseconds since 1970; 0 when there is none
   */
  private record Seen(long waiting, long oldest) {}

  Backlog(
      OpenedComponent<StateStoreDriver> component,
      DefaultStateStore store,
      String outbox,
      Clock clock) {
    this.component = component;
    this.store = store;
    this.outbox = outbox;
    this.clock = clock;
    ComponentTelemetry listener = component.telemetry();
    this.gauges =
        listener == null
            ? List.of()
            : List.of(
                listener.gauge(Gauge.OUTBOX_WAITING, null, () -> seen.waiting),
                listener.gauge(Gauge.OUTBOX_OLDEST, null, this::secondsOfOldest));
  }

  private long secondsOfOldest() {
    long oldest = seen.oldest;
    return oldest <= 0 ? oldest : Math.max(0, (clock.millis() - oldest) / 1_000);
  }

  /** Looks when it is time. For the thread that relays. */
  void lookNowAndThen() {
    long now = System.nanoTime();
    if (gauges.isEmpty()
        || looking
        || now - next < 0
        || !(component.driver() instanceof OutboxStateStoreDriver driver)) {
      return;
    }
    relaying = true;
    CompletionStage<List<StoredEvent>> first = driver.pending(outbox, null, 1);
    CompletionStage<Long> count = driver.waiting(outbox);
    looking = true;
    var unused =
        count
            .thenCombine(first, this::seen)
            .whenComplete(
                (found, failure) -> {
                  seen = found != null && relaying ? found : NOTHING;
                  long end = System.nanoTime();
                  next = end + Math.max(LOOK_NANOS, SHARE * (end - now));
                  looking = false;
                });
  }

  private Seen seen(long waiting, List<StoredEvent> first) {
    return first.isEmpty()
        ? new Seen(waiting, 0)
        : new Seen(waiting, Envelope.read(store.unseal(first.get(0).body())).made());
  }

  /** Has nothing to tell: another process relays. */
  void forget() {
    relaying = false;
    seen = NOTHING;
  }

  void close() {
    gauges.forEach(Registration::close);
  }
}
