package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** State, outbox, broker, inbox, state: counted end to end while the process is killed. */
class OutboxCrashIT {
  private static final int COUNTERS = 8;
  private static final int EVENTS = Integer.getInteger("inboard.outbox.events", 2_000);
  private static final int FEW = 800;
  private static final int KILLS = Integer.getInteger("inboard.outbox.kills", 3);
  private static final Duration LONG = Duration.ofMinutes(10);

  @RegisterExtension static final RedisServer redis = RedisServer.create();

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"state.sqlite", "state.redis", "state.postgresql"})
  @DisplayName(
      "a process that is killed again and again neither loses an event nor counts one twice")
  void everyEventHasItsEffectOnce(String type) throws IOException {
    redis.command("FLUSHALL");
    writeResources(type);
    Random random = new Random(17);
    for (int kill = 0; kill < KILLS; kill++) {
      try (JavaProcess app = start(EVENTS)) {
        app.awaitOutput("ready", LONG);
        pause(200 + random.nextInt(1_800));
        app.kill();
      }
    }
    finish(EVENTS);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a process that ends at a chosen point neither loses an event nor counts one twice")
  void everyMomentIsSurvived(OutboxApp.Moment moment) throws IOException {
    redis.command("FLUSHALL");
    writeResources("state.sqlite");
    for (int passes : new int[] {0, 1, 50}) {
      try (JavaProcess app = start(FEW, moment.name(), Integer.toString(passes))) {
        assertThat(app.awaitExit(LONG)).as("ended at the moment").isEqualTo(9);
      }
    }
    finish(FEW);
  }

  private void finish(int events) throws IOException {
    try (JavaProcess app = start(events)) {
      app.awaitOutput("counted", LONG);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> redis.command("XPENDING orders shop").startsWith("0"));
      Files.createFile(folder.resolve("finish"));
      assertThat(app.awaitExit(LONG)).isZero();
      assertThat(app.output()).contains("sum " + events / COUNTERS * COUNTERS + "\n");
    }
  }

  private JavaProcess start(int events, String... more) {
    return JavaProcess.start(
        OutboxApp.class,
        Stream.concat(
                Stream.of(folder.toString(), Integer.toString(events / COUNTERS)), Stream.of(more))
            .toArray(String[]::new));
  }

  /** Lets the process work for a while that nothing in it marks the end of. */
  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void writeResources(String type) throws IOException {
    Files.createDirectories(folder.resolve("resources"));
    String outbox =
        """
          - {name: outboxPublishPubsub, value: bus}
          - {name: outboxPublishTopic, value: orders}
        """;
    write("source", type, store(type, "source") + outbox);
    write("ledger", type, store(type, "ledger"));
    write(
        "bus",
        "pubsub.redis",
        redisHost()
            + "  - {name: processingTimeout, value: 2s}\n"
            + "  - {name: redeliverInterval, value: 200ms}\n");
  }

  private String store(String type, String name) {
    return switch (type) {
      case "state.sqlite" ->
          "  - {name: connectionString, value: '" + folder.resolve(name + ".db") + "'}\n";
      case "state.postgresql" ->
          "  - {name: connectionString, value: '"
              + WorkflowNode.at(postgres, "postgres")
              + "'}\n  - {name: tableName, value: "
              + name
              + "}\n";
      default -> redisHost() + "  - {name: keyPrefix, value: " + name + "}\n";
    };
  }

  private static String redisHost() {
    return "  - {name: redisHost, value: '127.0.0.1:" + redis.port() + "'}\n";
  }

  private void write(String name, String type, String metadata) throws IOException {
    Files.writeString(
        folder.resolve("resources").resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
            + name
            + "}\nspec:\n  type: "
            + type
            + "\n  version: v1\n  initTimeout: 5m\n  metadata:\n"
            + metadata);
  }
}
