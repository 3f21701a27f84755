package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.common.InboardException;
import dev.inboard.test.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Resource files change while state, topics and locks on a real server are in use. */
class ReloadIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final List<String> BLOCKS = List.of("state", "pubsub", "lock");

  @RegisterExtension static final RedisServer redis = RedisServer.create();

  @TempDir Path folder;

  @Test
  @DisplayName("no call fails while files are changed, broken, mended, added and removed")
  void filesChangeUnderTraffic() throws Exception {
    for (String block : BLOCKS) {
      write(block + ".yaml", component(block, block + ".redis", address("client-0")));
    }
    write("workflows.yaml", component("workflows", "workflowbackend.redis", address("workflows")));
    Traffic traffic = new Traffic();
    try (Inboard inboard =
        traffic
            .addTo(Inboard.builder().appId("reloading").resources(folder).followResources())
            .start()) {
      traffic.begin(inboard);
      traffic.awaitCalls(500);

      for (String block : BLOCKS) {
        write(block + ".yaml", component(block, block + ".redis", address("client-1")));
      }
      await("everybody has gone over")
          .atMost(LONG)
          .until(() -> clients("client-1") >= BLOCKS.size() && clients("client-0") == 0);
      traffic.awaitCalls(500);

      write("state.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Comp");
      write("lock.yaml", component("lock", "lock.redis", "redisHost: \"127.0.0.1:1\""));
      write("more.yaml", component("more", "state.redis", address("client-more")));
      traffic.awaitCalls(1_000);
      assertThat(clients("client-more")).as("connections while a file is broken").isZero();

      write("state.yaml", component("state", "state.redis", address("client-2")));
      write("lock.yaml", component("lock", "lock.redis", address("client-2")));
      await("the mended files are followed")
          .atMost(LONG)
          .until(() -> clients("client-2") >= 2 && has(inboard, "more"));
      inboard.stateStore("more").save("key", 1);

      Files.delete(folder.resolve("more.yaml"));
      await("what was removed is closed")
          .atMost(LONG)
          .until(() -> clients("client-more") == 0 && !has(inboard, "more"));
      traffic.awaitCalls(500);
      traffic.endAndAssertNothingFailed();
    }
  }

  private static boolean has(Inboard inboard, String name) {
    try {
      return inboard.stateStore(name) != null;
    } catch (InboardException missing) {
      return false;
    }
  }

  private static long clients(String name) {
    return redis.command("CLIENT LIST").lines().filter(line -> line.contains(name)).count();
  }

  private static String address(String clientName) {
    return "redisHost: \"%s\", clientName: \"%s\"".formatted(redis.address(), clientName);
  }

  /** Fields as a flow mapping; each becomes an item of the metadata. */
  private static String component(String name, String type, String fields) {
    StringBuilder metadata = new StringBuilder();
    for (String field : fields.split(", ")) {
      String[] parts = field.split(": ", 2);
      metadata
          .append("  - {name: ")
          .append(parts[0])
          .append(", value: ")
          .append(parts[1])
          .append("}\n");
    }
    return """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: %s}
        spec:
          type: %s
          initTimeout: 60s
          metadata:
        %s"""
        .formatted(name, type, metadata);
  }

  private void write(String file, String text) throws IOException {
    Path next = Files.createTempFile(folder.getParent(), "next", null);
    Files.writeString(next, text);
    Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }
}
