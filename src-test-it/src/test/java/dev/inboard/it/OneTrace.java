package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.inboard.Inboard;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.test.server.JavaProcess;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A request here, a message over a broker, a workflow there. Subclasses name the broker. */
abstract class OneTrace {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final TextMapGetter<HttpExchange> HEADERS =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable HttpExchange exchange, String name) {
          return exchange == null ? null : exchange.getRequestHeaders().getFirst(name);
        }
      };

  @RegisterExtension final OpenTelemetryExtension otel = OpenTelemetryExtension.create();

  @TempDir Path shop;
  @TempDir Path shipping;

  /** Returns the document of the component {@code bus}. */
  abstract String bus();

  private record Seen(String trace, String id, String parent) {}

  @Test
  @DisplayName("a request, its message, and the workflow of another process are one trace")
  void oneTrace() throws Exception {
    Files.writeString(shop.resolve("bus.yaml"), bus());
    Files.writeString(shipping.resolve("bus.yaml"), bus());
    Files.writeString(
        shipping.resolve("flows.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: flows}
        spec:
          type: workflowbackend.sqlite
          version: v1
          metadata:
            - {name: connectionString, value: "%s"}
        """
            .formatted(shipping.resolve("flows.db")));
    Map<String, Seen> spans;
    try (JavaProcess other = JavaProcess.start(TracedNode.class, shipping.toString())) {
      other.awaitOutput("ready", LONG);
      try (Inboard inboard =
          Inboard.builder()
              .appId("shop")
              .resources(shop)
              .telemetry(OpenTelemetryProvider.of(otel.getOpenTelemetry()))
              .start()) {
        assertThat(request(inboard)).isEqualTo(204);
      }
      other.awaitOutput("printed", LONG);
      spans = printed(other.output());
    }
    for (SpanData span : otel.getSpans()) {
      spans.put(
          span.getName(), new Seen(span.getTraceId(), span.getSpanId(), span.getParentSpanId()));
    }

    String[][] chain = {
      {"publish placed-once", "POST /orders"},
      {"process placed-once", "publish placed-once"},
      {"start ship", "process placed-once"},
      {"run ship", "start ship"},
      {"activity pack", "run ship"},
      {"timer", "run ship"}
    };
    assertThat(spans.get("POST /orders").parent()).isEqualTo("00f067aa0ba902b7");
    for (String[] link : chain) {
      assertThat(spans).containsKey(link[0]);
      assertThat(spans.get(link[0]).trace()).as(link[0]).isEqualTo(TRACE);
      assertThat(spans.get(link[0]).parent()).as(link[0]).isEqualTo(spans.get(link[1]).id());
    }
  }

  /** Sends a request that is part of a trace to a server which publishes; returns its status. */
  private int request(Inboard inboard) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/orders", exchange -> serve(inboard, exchange));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/orders");
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
              .POST(HttpRequest.BodyPublishers.ofString("tea"))
              .build();
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } finally {
      server.stop(0);
    }
  }

  private void serve(Inboard inboard, HttpExchange exchange) throws IOException {
    Context caller =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), exchange, HEADERS);
    Span span =
        otel.getOpenTelemetry()
            .getTracer("http")
            .spanBuilder("POST /orders")
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .startSpan();
    try (exchange) {
      try (Scope scope = span.makeCurrent()) {
        inboard.pubSub("bus").publish("placed-once", "tea");
      } finally {
        span.end();
      }
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static Map<String, Seen> printed(String output) {
    Map<String, Seen> spans = new HashMap<>();
    for (String line : output.lines().filter(l -> l.startsWith(TracedNode.SPAN)).toList()) {
      List<String> fields = List.of(line.split("\\|"));
      spans.put(fields.get(1), new Seen(fields.get(2), fields.get(3), fields.get(4)));
    }
    return spans;
  }
}
