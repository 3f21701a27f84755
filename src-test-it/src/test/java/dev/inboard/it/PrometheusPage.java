package dev.inboard.it;

import dev.inboard.health.MetricsPage;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The snippet of {@code docs/telemetry.md}: what OpenTelemetry has measured, for Prometheus. */
record PrometheusPage(PrometheusMetricReader reader, ExpositionFormats formats)
    implements MetricsPage {
  @Override
  public String contentType(@Nullable String accept) {
    return formats.findWriter(accept).getContentType();
  }

  @Override
  public void write(@Nullable String accept, OutputStream out) throws IOException {
    formats.findWriter(accept).write(out, reader.collect());
  }
}
