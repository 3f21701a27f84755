package dev.inboard.opentelemetry;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.spi.telemetry.TelemetryProvider.Application;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;

/** Tells OpenTelemetry what one runtime does. */
final class RuntimeTelemetry implements Telemetry {
  private static final String SCOPE = "dev.inboard";

  private final Tracer tracer;
  private final RunSpans runSpans;
  private final Instruments instruments;
  private final Application application;
  private final Attributes labels;

  RuntimeTelemetry(OpenTelemetry openTelemetry, Application application) {
    String version = RuntimeTelemetry.class.getPackage().getImplementationVersion();
    String known = version == null ? "" : version;
    Meter meter =
        openTelemetry
            .getMeterProvider()
            .meterBuilder(SCOPE)
            .setInstrumentationVersion(known)
            .build();
    this.tracer =
        openTelemetry
            .getTracerProvider()
            .tracerBuilder(SCOPE)
            .setInstrumentationVersion(known)
            .build();
    this.runSpans = new RunSpans(tracer);
    this.instruments = new Instruments(meter);
    this.application = application;
    String namespace = application.namespace();
    this.labels =
        Attributes.of(
            Names.DAPR_APP,
            application.id(),
            Names.DAPR_NAMESPACE,
            namespace == null ? "" : namespace);
  }

  @Override
  public ComponentTelemetry component(Component component) {
    instruments.loaded.add(1, labels);
    return new ObservedComponent(tracer, runSpans, instruments, application, component);
  }

  @Override
  public void loadedPolicies(String document) {
    instruments.policiesLoaded.add(1, labels.toBuilder().put(Names.DAPR_NAME, document).build());
  }

  @Override
  public void close() {
    instruments.close();
  }
}
