package dev.inboard.micrometer;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.spi.telemetry.TelemetryProvider;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells Micrometer what runtimes do: {@code
 * Inboard.builder().telemetry(MicrometerProvider.of(registry))}.
 *
 * <p>There are metrics only: messages carry no trace, and the log no trace id.
 */
public final class MicrometerProvider implements TelemetryProvider {
  private final MeterRegistry registry;

  private MicrometerProvider(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Puts everything into a registry of the application, which also closes it. */
  public static MicrometerProvider of(MeterRegistry registry) {
    return new MicrometerProvider(registry);
  }

  @Override
  public Telemetry open(Application application) {
    List<MeteredComponent> components = new CopyOnWriteArrayList<>();
    return new Telemetry() {
      @Override
      public ComponentTelemetry component(Component component) {
        MeteredComponent metered = new MeteredComponent(registry, component);
        components.add(metered);
        return metered;
      }

      @Override
      public void loadedPolicies(String document) {
        // Dapr's metrics alone tell that.
      }

      @Override
      public void close() {
        components.forEach(MeteredComponent::close);
      }
    };
  }
}
