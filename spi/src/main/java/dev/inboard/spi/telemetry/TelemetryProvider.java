package dev.inboard.spi.telemetry;

import org.jspecify.annotations.Nullable;

/** Connects runtimes with a telemetry system. Found by {@link java.util.ServiceLoader}. */
public interface TelemetryProvider {
  /**
   * Begins to listen to a runtime that starts.
   *
   * @return null when nobody would see what is told; the runtime then tells nothing
   */
  @Nullable Telemetry open(Application application);

  /**
   * The application that runs.
   *
   * @param id its app id, never empty
   * @param namespace where it runs, or null
   */
  record Application(String id, @Nullable String namespace) {}
}
