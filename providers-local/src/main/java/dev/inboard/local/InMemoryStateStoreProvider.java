package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import java.util.List;

/**
 * Keeps state in the memory of this process ({@code state.in-memory}): for tests, caches and first
 * steps.
 *
 * <p>Each component has data of its own, which ends with it. ETags, transactions, times to live and
 * key listing work as on any other store. Reads take no lock.
 */
public final class InMemoryStateStoreProvider implements StateStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public InMemoryStateStoreProvider() {}

  @Override
  public String type() {
    return "state.in-memory";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public StateStoreDriver open(ComponentSpec spec) {
    return new InMemoryStateStoreDriver(spec);
  }
}
