package dev.inboard.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.Inboard;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthServerTest {
  private static final MetricsPage PAGE =
      new MetricsPage() {
        @Override
        public String contentType(@Nullable String accept) {
          return "text/plain; version=0.0.4";
        }

        @Override
        public void write(@Nullable String accept, OutputStream out) throws IOException {
          out.write("inboard_in_flight 0\n".getBytes(UTF_8));
        }
      };

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private Inboard inboard;
  private HealthServer server;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(
        folder.resolve("state.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: orders
        spec:
          type: state.in-memory
          version: v1
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: lost
        spec:
          type: secretstores.local.file
          version: v1
          ignoreErrors: true
          metadata:
            - name: secretsFile
              value: /no/such/file.json
        """);
    inboard = Inboard.builder().appId("shop").resources(folder).start();
    server =
        HealthServer.builder(inboard)
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .metrics(PAGE)
            .start();
  }

  @AfterEach
  void close() {
    server.close();
    inboard.close();
  }

  private HttpResponse<String> call(String method, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void runningIsLiveAndReadyWithAReasonForWhatIsMissing() throws Exception {
    assertThat(call("GET", "/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = call("GET", "/ready");

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode components = new ObjectMapper().readTree(ready.body()).get("components");
    assertThat(components.get(0).get("name").asText()).isEqualTo("orders");
    assertThat(components.get(0).get("ready").asBoolean()).isTrue();
    assertThat(components.get(1).get("ready").asBoolean()).isFalse();
    assertThat(components.get(1).get("reason").asText()).contains("/no/such/file.json");
  }

  @Test
  void closedIsNeither() throws Exception {
    inboard.close();

    assertThat(call("GET", "/live").statusCode()).isEqualTo(503);
    assertThat(call("GET", "/live").body()).isEqualTo("{\"live\":false}");
    assertThat(call("GET", "/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsAreWhatThePageWrites() throws Exception {
    HttpResponse<String> answer = call("GET", "/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("inboard_in_flight 0\n");
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4");
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    assertThat(call("GET", "/").statusCode()).isEqualTo(404);
    assertThat(call("GET", "/live/more").statusCode()).isEqualTo(404);
    HttpResponse<String> post = call("POST", "/ready");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(call("HEAD", "/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutAPageThereAreNoMetrics() throws Exception {
    try (HealthServer plain = HealthServer.builder(inboard).start()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + plain.port() + "/metrics"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(404);
    }
  }

  @Test
  void takenPortIsAnError() {
    assertThatThrownBy(
            () ->
                HealthServer.builder(inboard)
                    .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
                    .start())
        .isInstanceOf(IOException.class);
  }

  @Test
  void closedServerLeavesNoThread() throws Exception {
    call("GET", "/live");
    server.close();

    for (int i = 0; i < 1_000 && alive().isPresent(); i++) {
      Thread.sleep(10);
    }
    assertThat(alive()).isEmpty();
  }

  private static Optional<Thread> alive() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("inboard-health-"))
        .findAny();
  }
}
