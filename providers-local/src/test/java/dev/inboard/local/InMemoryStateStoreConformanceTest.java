package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

class InMemoryStateStoreConformanceTest extends StateStoreConformance {
  private final SettableClock clock = new SettableClock();

  @Override
  protected StateStoreDriver openDriver() {
    return new InMemoryStateStoreProvider()
        .open(
            new ComponentSpec(
                "orders", "state.in-memory", "v1", "app", "default", Map.of(), clock));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ETAG,
        Feature.TRANSACTIONAL,
        Feature.TTL,
        Feature.KEY_LISTING,
        Feature.QUERY,
        Feature.OUTBOX);
  }

  @Override
  public boolean sharesData() {
    return false;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public Duration ttlStep() {
    return Duration.ofMillis(1);
  }

  @Override
  public void passTime(Duration duration) {
    clock.advance(duration);
  }

  @Override
  public int incrementsPerThread() {
    return 500;
  }
}
