package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.spi.telemetry.TelemetryProvider;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * Tells OpenTelemetry what runtimes do.
 *
 * <p>Found on the class path, it tells the global instance that an agent or the application has
 * set, and nothing where there is none. An application that keeps its instance to itself hands it
 * over: {@code Inboard.builder().telemetry(OpenTelemetryProvider.of(openTelemetry))}.
 */
public final class OpenTelemetryProvider implements TelemetryProvider {
  private final @Nullable OpenTelemetry given;

  /** Tells the global instance. */
  public OpenTelemetryProvider() {
    this(null);
  }

  private OpenTelemetryProvider(@Nullable OpenTelemetry given) {
    this.given = given;
  }

  /** Tells an instance of the application, which also closes it. */
  public static OpenTelemetryProvider of(OpenTelemetry openTelemetry) {
    return new OpenTelemetryProvider(openTelemetry);
  }

  @Override
  public @Nullable Telemetry open(Application application) {
    if (given != null) {
      return new RuntimeTelemetry(given, application);
    }
    return GlobalOpenTelemetry.isSet()
        ? new RuntimeTelemetry(GlobalOpenTelemetry.getOrNoop(), application)
        : null;
  }
}
