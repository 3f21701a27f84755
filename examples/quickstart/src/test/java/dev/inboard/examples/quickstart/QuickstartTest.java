package dev.inboard.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.Inboard;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  private static final int LIVES = 6;
  private static final String HOME = Path.of("").toAbsolutePath().toString();

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void pointToDefaults() {
    System.setProperty("quickstart.home", HOME);
  }

  private int run(String... words) {
    return Quickstart.run(words, printer(out), printer(err));
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private JsonNode report(String data, Path orders, Path stock) throws IOException {
    Path report = folder.resolve("report.json");
    int status =
        run(
            "--data",
            folder.resolve(data).toString(),
            "--stock",
            stock.toString(),
            "--report",
            report.toString(),
            orders.toString());
    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return new ObjectMapper().readTree(report.toFile());
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private static String order(
      String id, String customer, String sku, Object quantity, Object price) {
    return "{\"id\":\"%s\",\"customer\":\"%s\",\"sku\":\"%s\",\"quantity\":%s,\"unitPrice\":%s}"
        .formatted(id, customer, sku, quantity, price);
  }

  @Test
  void tableAddsUp() throws IOException {
    JsonNode report =
        report(
            "d",
            file(
                "orders.jsonl",
                order("1", "ann", "tea", 2, "\"12.50\""),
                order("2", "bob", "tea", 4, "\"12.50\""), // 3 are left
                order("3", "ann", "tea", 3, "\"10\""),
                order("1", "cid", "mug", 1, "\"1\""), // seen before
                order("4", "cid", "mug", 1, "\"0.125\"")),
            file("stock.csv", "sku,available", "tea,5", "mug,1", "pot,7"));
    assertThat(report)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"accepted":3,"rejected":1,"duplicates":1,"invalid":[],
                     "stock":{"tea":0,"mug":0,"pot":7},"revenue":"55.125"}"""));
  }

  @Test
  void everyInvalidLineIsReportedWithItsReasonAndSkipped() throws IOException {
    JsonNode report =
        report(
            "d",
            file(
                "orders.jsonl",
                "{\"id\":",
                "[]",
                "",
                "{\"id\":\"1\",\"customer\":\"a\",\"sku\":\"tea\",\"quantity\":1}",
                order("1", "a", "tea", 0, "\"1\""),
                order("1", "a", "tea", 1.5, "\"1\""),
                order("1", "a", "tea", "\"2\"", "\"1\""),
                order("1", "a", "tea", 1, "\"-1\""),
                order("1", "a", "tea", 1, "\"a lot\""),
                order("1", "a", "salt", 1, "\"1\""),
                order("", "a", "tea", 1, "\"1\""),
                order(
                    "1",
                    "a",
                    "tea",
                    "99999999999999999999",
                    "\"1\""), // valid, but more than there is
                order("2", "a", "tea", 1, "3.5")),
            file("stock.csv", "sku,available", "tea,5"));
    assertThat(report.get("invalid").findValuesAsText("line"))
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    assertThat(report.get("invalid").findValuesAsText("reason"))
        .contains(
            "not a JSON object",
            "empty line",
            "missing field 'unitPrice'",
            "quantity is not a positive integer",
            "negative unitPrice",
            "unitPrice is not a decimal number",
            "unknown sku 'salt'",
            "'id' is not a text, or empty");
    assertThat(report.get("accepted").asInt()).isEqualTo(1);
    assertThat(report.get("rejected").asInt()).isEqualTo(1);
    assertThat(report.get("revenue").asText()).isEqualTo("3.50");
  }

  @Test
  void emptyFileOfOrdersLeavesTheStockAlone() throws IOException {
    JsonNode report =
        report("d", file("orders.jsonl"), file("stock.csv", "sku,available", "tea,5"));
    assertThat(report.get("accepted").asInt()).isZero();
    assertThat(report.get("stock").get("tea").asInt()).isEqualTo(5);
    assertThat(report.get("revenue").asText()).isEqualTo("0.00");
  }

  @Test
  void sampleEndsTheSameWayHoweverOftenItIsKilled() throws Exception {
    Path orders = Path.of(HOME, "data/orders.jsonl");
    Path stock = Path.of(HOME, "data/stock.csv");
    JsonNode undisturbed = report("undisturbed", orders, stock);
    assertThat(undisturbed.get("accepted").asInt() + undisturbed.get("rejected").asInt())
        .isEqualTo(1_176);
    assertThat(new BigDecimal(undisturbed.get("revenue").asText())).isPositive();

    int kills = 0;
    for (int life = 0; life < LIVES; life++) {
      Process process = child("disturbed");
      boolean first = life == 0;
      Awaitility.await() // the first is killed when it has begun, the others when they got further
          .pollInterval(Duration.ofMillis(3))
          .atMost(Duration.ofMinutes(2))
          .until(() -> !process.isAlive() || (first ? hasBegun() : hasGotFurther()));
      kills += process.isAlive() ? 1 : 0;
      process.destroyForcibly().waitFor();
    }
    assertThat(kills).as(Files.readString(log())).isGreaterThan(LIVES / 2);
    assertThat(report("disturbed", orders, stock)).isEqualTo(undisturbed);
    assertThat(report("disturbed", orders, stock)).as("and once more").isEqualTo(undisturbed);

    int accepted = undisturbed.get("accepted").asInt();
    assertThat(fulfilments("disturbed", WorkflowFilter.ALL)).isEqualTo(accepted);
    assertThat(fulfilments("disturbed", WorkflowFilter.ALL.withStatus(WorkflowStatus.COMPLETED)))
        .isEqualTo(accepted);
    assertThat(keys("disturbed", "payment-")).isEqualTo(accepted);
    assertThat(keys("disturbed", "receipt-")).isEqualTo(accepted);
  }

  private long fulfilments(String data, WorkflowFilter filter) {
    try (Inboard inboard = open(data)) {
      return inboard.workflows().count(filter.withName(Fulfilment.NAME));
    }
  }

  private long keys(String data, String prefix) {
    try (Inboard inboard = open(data)) {
      return inboard.stateStore("orders").keys(prefix).count();
    }
  }

  private Inboard open(String data) {
    return Inboard.builder()
        .appId("quickstart")
        .resources(Path.of(HOME, "resources/embedded"))
        .dataFolder(folder.resolve(data))
        .workflow(Fulfilment.NAME, Fulfilment.class)
        .start();
  }

  private boolean hasBegun() {
    return Files.exists(folder.resolve("disturbed/orders.db"));
  }

  private boolean hasGotFurther() throws IOException {
    return Files.readAllLines(log()).stream().filter(line -> line.contains("handled")).count() > 1;
  }

  private Path log() {
    return folder.resolve("child.log");
  }

  private Process child(String data) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dquickstart.home=" + HOME,
            "-cp",
            System.getProperty("java.class.path"),
            Quickstart.class.getName(),
            "--data",
            folder.resolve(data).toString())
        .redirectErrorStream(true)
        .redirectOutput(log().toFile())
        .start();
  }

  @Test
  void wrongUseEndsWithStatusTwoAndTheReason() throws IOException {
    Path stock = file("stock.csv", "sku,available", "tea,5");
    Path none = folder.resolve("none");
    assertWrong("unknown option '--fast'", "--fast");
    assertWrong("option '--stock' needs a value", "--stock");
    assertWrong("cannot read the orders file", none.toString());
    assertWrong("cannot read the stock file", "--stock", none.toString());
    assertWrong("there is no folder", "--resources", none.toString());
    assertWrong("more than one file", stock.toString(), stock.toString());
    assertWrong(
        "does not begin with the line 'sku,available'",
        "--stock",
        file("a.csv", "tea,5").toString());
    assertWrong(
        "b.csv:3: the article 'tea' is there twice",
        "--stock",
        file("b.csv", "sku,available", "tea,5", "tea,6").toString());
    assertWrong(
        "c.csv:2: 'tea,-1' is not an article",
        "--stock",
        file("c.csv", "sku,available", "tea,-1").toString());
    assertWrong("is not a folder to keep data in", "--data", stock.toString());
  }

  @Test
  void wrongResourcesEndWithStatusTwoAndTheCure() throws IOException {
    Path resources = Files.createDirectory(folder.resolve("resources"));
    Files.writeString(
        resources.resolve("orders.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: orders
        spec:
          type: state.redis
        """);
    assertWrong(
        "inboard-state-redis",
        "--resources",
        resources.toString(),
        "--data",
        folder.resolve("d").toString());
  }

  private void assertWrong(String reason, String... words) {
    err.reset();
    assertThat(run(words)).as(String.join(" ", words)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(reason).doesNotContain("\tat ");
  }

  @Test
  void helpSaysHow() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("usage: dev/quickstart", "--resources");
  }
}
