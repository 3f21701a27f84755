package dev.inboard.sqlite;

import dev.inboard.spi.Feature;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.Map;
import java.util.Set;

/** No file: each driver has data of its own, and one connection for all. */
class SqliteMemoryConformanceTest extends SqliteConformance {
  @Override
  protected StateStoreDriver openDriver() {
    return open(Map.of("connectionString", ":memory:"));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ETAG, Feature.TRANSACTIONAL, Feature.TTL, Feature.KEY_LISTING, Feature.OUTBOX);
  }

  @Override
  public boolean sharesData() {
    return false;
  }
}
