package dev.inboard.internal.lifecycle;

import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.spi.telemetry.TelemetryProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds who listens to a runtime, and tells it of the components. */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private Listeners() {}

  /** Returns who listens; null: nobody, and nothing is told. */
  static @Nullable Telemetry listen(Settings settings, String appId, Components components) {
    TelemetryProvider provider = provider(settings);
    if (provider == null) {
      return null;
    }
    String namespace = settings.environment().get("NAMESPACE");
    Telemetry telemetry = provider.open(new TelemetryProvider.Application(appId, namespace));
    if (telemetry != null) {
      components.listen(telemetry);
    }
    return telemetry;
  }

  private static @Nullable TelemetryProvider provider(Settings settings) {
    if (settings.telemetry() != null) {
      return settings.telemetry();
    }
    List<TelemetryProvider> found = new ArrayList<>();
    ServiceLoader.load(TelemetryProvider.class, settings.loader()).forEach(found::add);
    if (found.size() > 1) {
      log.warn(
          "{} listens; {} on the class path is not asked",
          found.get(0).getClass().getName(),
          found.get(1).getClass().getName());
    }
    return found.isEmpty() ? null : found.get(0);
  }
}
