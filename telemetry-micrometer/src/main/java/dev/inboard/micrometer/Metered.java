package dev.inboard.micrometer;

import dev.inboard.common.InboardException;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One kind of work of a component; its timers are made once for each way in which it can end. */
final class Metered {
  /** More names than these are one in the metrics. */
  private static final int MAX = 1_000;

  private static final String OTHER = "other";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final String name;
  private final Tags tags;
  private final LongAdder inFlight;
  private final Map<String, Timer> endings = new ConcurrentHashMap<>();

  Metered(MeterRegistry registry, String name, Tags tags, LongAdder inFlight) {
    this.registry = registry;
    this.name = name;
    this.tags = tags;
    this.inFlight = inFlight;
  }

  /** Returns what is known of a name, or makes it while there is room for more. */
  static <T> T known(Map<String, T> all, String name, Function<String, T> make) {
    T found = all.get(name);
    return found != null ? found : all.computeIfAbsent(all.size() < MAX ? name : OTHER, make);
  }

  Observation begin() {
    inFlight.increment();
    return new UnderWay();
  }

  void record(Duration time, String outcome, @Nullable Throwable failure) {
    String error = failure == null ? "" : errorType(failure);
    endings.computeIfAbsent(outcome + '/' + error, key -> timer(outcome, error)).record(time);
  }

  private Timer timer(String outcome, String error) {
    return Timer.builder(name)
        .tags(tags.and("inboard.outcome", outcome, "error.type", error))
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private static String errorType(Throwable failure) {
    return failure instanceof InboardException known
        ? known.code().name()
        : failure.getClass().getName();
  }

  private final class UnderWay implements Observation {
    private final long begin = System.nanoTime();

    @Override
    public TraceContext context() {
      return TraceContext.NONE;
    }

    @Override
    public Scope enter() {
      return () -> {};
    }

    @Override
    public void end(String outcome, @Nullable Throwable failure) {
      inFlight.decrement();
      record(Duration.ofNanos(System.nanoTime() - begin), outcome, failure);
    }
  }
}
