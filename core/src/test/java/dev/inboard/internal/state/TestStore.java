package dev.inboard.internal.state;

import dev.inboard.internal.json.Json;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Makes the component {@code orders} of the application {@code checkout} as the runtime would. */
final class TestStore {
  private static final Origin ORIGIN = new Origin("orders.yaml", 1);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "test-timer");
            thread.setDaemon(true);
            return thread;
          });

  private final List<MetadataItem> items = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private @Nullable String namespace;
  private Clock clock = Clock.systemUTC();

  /** Adds a literal field. */
  TestStore with(String field, String value) {
    items.add(new MetadataItem.Literal(field, value, ORIGIN));
    metadata.put(field, value);
    return this;
  }

  /** Adds a field that comes from a secret. */
  TestStore withSecret(String field, String secret, String value) {
    items.add(new MetadataItem.SecretRef(field, secret, null, ORIGIN));
    metadata.put(field, value);
    return this;
  }

  TestStore in(String namespace) {
    this.namespace = namespace;
    return this;
  }

  TestStore at(Clock clock) {
    this.clock = clock;
    return this;
  }

  ComponentResource resource() {
    return new ComponentResource(
        "orders",
        "state.in-memory",
        "v1",
        null,
        items,
        null,
        List.of(),
        Duration.ofSeconds(5),
        false,
        ORIGIN);
  }

  ComponentSpec spec() {
    return new ComponentSpec(
        "orders", "state.in-memory", "v1", "checkout", "default", metadata, clock);
  }

  RuntimeContext context() {
    return new RuntimeContext("checkout", namespace, clock, new Json(), Runnable::run, TIMER);
  }

  /** Opens a driver in memory. */
  StateStoreDriver inMemory() {
    return ServiceLoader.load(StateStoreProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals("state.in-memory"))
        .findFirst()
        .orElseThrow()
        .open(spec());
  }

  OpenedComponent<StateStoreDriver> component(StateStoreDriver driver) {
    return new OpenedComponent<>(resource(), spec(), driver);
  }

  DefaultStateStore over(StateStoreDriver driver) {
    return new DefaultStateStore(component(driver), context());
  }
}
