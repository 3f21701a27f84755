package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockProvider;
import java.util.List;

/**
 * Keeps leases in the memory of this process ({@code lock.in-memory}): for tests and first steps.
 * Other processes do not see them.
 */
public final class InMemoryLockProvider implements LockProvider {
  /** For {@link java.util.ServiceLoader}. */
  public InMemoryLockProvider() {}

  @Override
  public String type() {
    return "lock.in-memory";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public LockDriver open(ComponentSpec spec) {
    return new InMemoryLockDriver(spec);
  }
}
