package dev.inboard.sqlite;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What all ways to use SQLite have in common for the conformance suite. */
abstract class SqliteConformance extends StateStoreConformance {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-31T13:05:09.7Z"));

  StateStoreDriver open(Map<String, String> metadata) {
    return new SqliteStateStoreProvider()
        .open(new ComponentSpec("orders", "state.sqlite", "v1", "app", "default", metadata, clock));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ETAG,
        Feature.TRANSACTIONAL,
        Feature.TTL,
        Feature.KEY_LISTING,
        Feature.DURABLE,
        Feature.OUTBOX);
  }

  @Override
  public boolean expectsBulk() {
    return true;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void passTime(Duration duration) {
    clock.advance(duration.plusSeconds(1)); // times to live are rounded up to full seconds
  }

  @Override
  public int incrementsPerThread() {
    return 20;
  }
}
