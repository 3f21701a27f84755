package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.Inboard;
import dev.inboard.health.HealthServer;
import dev.inboard.micrometer.MicrometerProvider;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/telemetry.md}: they are pieces of this file and run. */
class TelemetryPageTest {
  private static final Path SOURCES = Path.of("src/test/java/dev/inboard/it");

  @TempDir Path folder;

  @Test
  @DisplayName("the snippets of the page run")
  void snippetsRun() throws Exception {
    Files.writeString(
        folder.resolve("bus.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        """);
    PrometheusMetricReader reader =
        PrometheusMetricReader.builder().setOtelScopeLabelsEnabled(false).build();
    OpenTelemetrySdk openTelemetry =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();
    try (Inboard inboard =
        Inboard.builder()
            .appId("shop")
            .resources(folder)
            .telemetry(OpenTelemetryProvider.of(openTelemetry))
            .start()) {
      int free = 0;
      try (HealthServer health = serve(inboard, reader, free)) {
        inboard.pubSub("bus").publish("placed", "tea");
        assertThat(get(health, "/metrics"))
            .contains("dapr_component_pubsub_egress_count")
            .contains("topic=\"placed\"");
        assertThat(get(health, "/ready")).contains("\"ready\":true");
      }
    }
    openTelemetry.close();
  }

  @Test
  @DisplayName("the snippet with Micrometer runs")
  void micrometerSnippetRuns() throws Exception {
    Files.writeString(
        folder.resolve("bus.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        """);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Inboard inboard =
        Inboard.builder()
            .appId("shop")
            .resources(folder)
            .telemetry(MicrometerProvider.of(registry))
            .start()) {
      inboard.pubSub("bus").publish("placed", "tea");
      assertThat(registry.get("messaging.client.operation.duration").timer().count()).isEqualTo(1);
    }
  }

  private static HealthServer serve(Inboard inboard, PrometheusMetricReader reader, int port)
      throws Exception {
    HealthServer health =
        HealthServer.builder(inboard)
            .port(port)
            .metrics(new PrometheusPage(reader, ExpositionFormats.init()))
            .start();
    return health;
  }

  private static String get(HealthServer server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  @DisplayName("every snippet of the page is a piece of a test")
  void snippetsAreCompiled() throws Exception {
    String sources =
        flat(Files.readString(SOURCES.resolve("TelemetryPageTest.java")))
            + flat(Files.readString(SOURCES.resolve("PrometheusPage.java")))
            + flat(Files.readString(SOURCES.resolve("TracedNode.java")));
    String page = Files.readString(Path.of("../docs/telemetry.md"));
    List<String> snippets =
        Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(snippet -> flat(snippet.group(1)))
            .toList();
    assertThat(snippets).hasSize(6);
    for (String snippet : snippets) {
      assertThat(sources).contains(snippet);
    }
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ").replace("8081", "port").strip();
  }
}
