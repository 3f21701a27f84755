package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.LockConformance;
import dev.inboard.spi.lock.LockDriver;
import java.util.Map;
import java.util.Set;

class InMemoryLockConformanceTest extends LockConformance {
  @Override
  protected LockDriver openDriver() {
    return new InMemoryLockProvider().open(ComponentSpec.of("locks", "lock.in-memory", Map.of()));
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of();
  }

  @Override
  protected boolean sharesLeases() {
    return false;
  }
}
