package dev.inboard.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.Inboard;
import dev.inboard.health.HealthServer;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.test.server.PrometheusServer;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application that does and suffers everything that is measured, scraped by Prometheus. What the
 * dashboard, the rules and the page in {@code docs} name must be there.
 */
class PrometheusScrapeIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Path DOCS = Path.of("../docs/telemetry");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Names of the metrics of Inboard, in expressions and in text. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:dapr|inboard|db_client|messaging)_[a-z_]+\\b");

  @RegisterExtension
  static final PrometheusServer prometheus = PrometheusServer.create(DOCS.resolve("alerts.yaml"));

  @TempDir static Path folder;

  private static OpenTelemetrySdk sdk;
  private static Inboard inboard;
  private static HealthServer health;
  private static Set<String> scraped;

  @BeforeAll
  static void work() throws Exception {
    PrometheusMetricReader reader =
        PrometheusMetricReader.builder().setOtelScopeLabelsEnabled(false).build();
    sdk =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();
    inboard = ObservedShop.start(folder, OpenTelemetryProvider.of(sdk));
    health =
        HealthServer.builder(inboard)
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .metrics(new PrometheusPage(reader, ExpositionFormats.init()))
            .start();
    ObservedShop.work(inboard);
    prometheus.scrape(health.port());
    await()
        .atMost(LONG)
        .until(
            () ->
                names()
                    .containsAll(
                        Set.of(
                            "inboard_dead_letters_total",
                            "dapr_component_pubsub_ingress_bulk_event_count",
                            "dapr_resiliency_activations_total",
                            "inboard_retries_total",
                            "inboard_outbox_waiting",
                            "inboard_outbox_oldest_seconds",
                            "dapr_runtime_workflow_execution_latency_bucket")));
    scraped = names();
  }

  @AfterAll
  static void close() {
    if (inboard != null) {
      inboard.close();
    }
    if (health != null) {
      health.close();
    }
    if (sdk != null) {
      sdk.close();
    }
  }

  private static JsonNode api(String path) throws Exception {
    URI uri = URI.create("http://" + prometheus.address() + "/api/v1/" + path);
    String answer =
        HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body();
    return JSON.readTree(answer);
  }

  private static Set<String> names() throws Exception {
    Set<String> names = new TreeSet<>();
    api("label/__name__/values").get("data").forEach(name -> names.add(name.asText()));
    return names;
  }

  private static JsonNode query(String expression) throws Exception {
    return api("query?query=" + URLEncoder.encode(expression, UTF_8));
  }

  private static double value(String expression) throws Exception {
    JsonNode result = query(expression).get("data").get("result");
    return result.isEmpty() ? Double.NaN : result.get(0).get("value").get(1).asDouble();
  }

  @Test
  @DisplayName("Prometheus reads the page without a complaint and sees the numbers")
  void scraped() throws Exception {
    JsonNode target = api("targets").get("data").get("activeTargets").get(0);
    assertThat(target.get("lastError").asText()).isEmpty();
    await().atMost(LONG).until(() -> value("sum(inboard_dead_letters_total)") == 1);
    await().atMost(LONG).until(() -> value("sum(inboard_in_flight)") == 0);
    assertThat(
            value(
                "dapr_component_state_count{app_id='shop',component='orders',operation='set',"
                    + "success='true'}"))
        .isEqualTo(1);
    assertThat(value("sum(dapr_component_pubsub_ingress_count{topic='poison'})")).isEqualTo(3);
    assertThat(value("sum(inboard_retries_total{messaging_destination_name='poison'})"))
        .isEqualTo(2);
    assertThat(value("dapr_runtime_workflow_execution_count{status='failed'}")).isEqualTo(1);
    assertThat(value("sum(dapr_component_pubsub_egress_bulk_event_count{topic='many'})"))
        .isEqualTo(2);
    await()
        .atMost(LONG)
        .until(
            () -> value("sum(dapr_component_pubsub_ingress_bulk_event_count{topic='many'})") == 2);
    assertThat(
            value(
                "dapr_resiliency_activations_total{policy='retry',flow_direction='inbound',"
                    + "target='Pubsub_bus',name='shop'}"))
        .isEqualTo(2);
    assertThat(value("sum(dapr_error_code_total{error_code='ERR_STATE_DELETE',category='state'})"))
        .isEqualTo(1);
    assertThat(value("inboard_outbox_waiting{inboard_component_name='orders'}")).isZero();
    assertThat(value("inboard_breaker_state{inboard_component_name='orders'}")).isZero();
    assertThat(value("sum(inboard_group_commit_size_count)")).isPositive();
    assertThat(
            value(
                "sum(db_client_operation_duration_seconds_count{db_operation_name='delete',"
                    + "error_type='ETAG_MISMATCH'})"))
        .isEqualTo(1);
    assertThat(scraped.toString()).doesNotContain(ObservedShop.SECRET);
  }

  @Test
  @DisplayName("every expression of the dashboard is PromQL on metrics that are there")
  void dashboard() throws Exception {
    List<String> expressions = new ArrayList<>();
    for (JsonNode panel : JSON.readTree(DOCS.resolve("grafana.json").toFile()).get("panels")) {
      panel.path("targets").forEach(target -> expressions.add(target.get("expr").asText()));
    }
    assertThat(expressions).hasSizeGreaterThan(15);
    for (String expression : expressions) {
      assertNamesAreThere(expression);
      String filled = expression.replace("$__rate_interval", "1m").replace("$job", ".*");
      assertThat(query(filled).get("status").asText()).as(filled).isEqualTo("success");
    }
  }

  @Test
  @DisplayName("every rule is evaluated, on metrics that are there")
  void rules() throws Exception {
    await()
        .atMost(LONG)
        .until(
            () ->
                rulesOf(api("rules")).stream()
                    .allMatch(rule -> rule.get("health").asText().equals("ok")));
    List<JsonNode> rules = rulesOf(api("rules"));
    assertThat(rules).hasSizeGreaterThan(5);
    for (JsonNode rule : rules) {
      assertNamesAreThere(rule.get("query").asText());
    }
  }

  private static List<JsonNode> rulesOf(JsonNode answer) {
    List<JsonNode> rules = new ArrayList<>();
    answer.get("data").get("groups").forEach(group -> group.get("rules").forEach(rules::add));
    return rules;
  }

  @Test
  @DisplayName("the page of the metrics names what is there, and all of it")
  void page() throws Exception {
    String page = Files.readString(DOCS.resolveSibling("telemetry.md"));
    Set<String> named = new TreeSet<>();
    METRIC.matcher(page).results().map(MatchResult::group).forEach(named::add);
    for (String name : scraped) {
      if (METRIC.matcher(name).matches()) {
        String family = name.replaceAll("_(bucket|sum|count)$", "");
        assertThat(named).as(name).containsAnyOf(name, family);
      }
    }
    Pattern cell = Pattern.compile("^\\| `(" + METRIC.pattern() + ")`", Pattern.MULTILINE);
    List<String> rows = cell.matcher(page).results().map(row -> row.group(1)).toList();
    assertThat(rows).hasSizeGreaterThan(20);
    rows.forEach(name -> assertThat(scraped).as(name).containsAnyOf(name, name + "_bucket"));
  }

  private static void assertNamesAreThere(String expression) {
    String bare = expression.replaceAll("by \\([^)]*\\)", "").replaceAll("\\{[^}]*}", "");
    List<String> named = METRIC.matcher(bare).results().map(MatchResult::group).toList();
    assertThat(named).as(expression).isNotEmpty();
    assertThat(scraped).as(expression).containsAll(named);
  }
}
