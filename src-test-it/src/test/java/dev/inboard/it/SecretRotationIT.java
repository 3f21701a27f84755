package dev.inboard.it;

import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.test.server.OpenBaoServer;
import dev.inboard.test.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The password of Redis changes while state, topics, locks and workflows are in use, as operators
 * change it: the new one is added to Redis, then written to the secret store, and the old one is
 * removed once nobody uses it.
 */
class SecretRotationIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int ROTATIONS = 3;
  private static final int CALLS_BETWEEN = 1_000;

  @RegisterExtension static final RedisServer redis = RedisServer.create();
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.shared();

  @TempDir Path folder;
  private final String user = "app-" + UUID.randomUUID();
  private String password = "planted-rotation-0";

  @BeforeEach
  void addUser() {
    redis.command("ACL SETUSER " + user + " on >" + password + " ~* &* +@all");
  }

  @Test
  @DisplayName("no call fails while the password in Vault changes under 1,000 operations a second")
  void passwordInVault() throws Exception {
    String prefix = "rotation-" + UUID.randomUUID();
    Consumer<String> put =
        secret ->
            bao.api(
                "POST",
                "secret/data/" + prefix + "/redis",
                "{\"data\":{\"password\":\"" + secret + "\"}}");
    String store =
        """
          type: secretstores.hashicorp.vault
          metadata:
          - {name: vaultAddr, value: "%s"}
          - {name: vaultToken, value: "%s"}
          - {name: vaultKVPrefix, value: "%s"}
          - {name: refreshInterval, value: 100ms}
        """
            .formatted(bao.uri(), bao.rootToken(), prefix);
    rotate(store, put);
  }

  @Test
  @DisplayName("no call fails while the password in a file changes under 1,000 operations a second")
  void passwordInAFile() throws Exception {
    Path file = folder.resolve("secrets.json");
    String store =
        """
          type: secretstores.local.file
          metadata:
          - {name: secretsFile, value: "%s"}
          - {name: multiValued, value: "true"}
          - {name: refreshInterval, value: 100ms}
        """
            .formatted(file);
    rotate(store, secret -> replace(file, "{\"redis\":{\"password\":\"" + secret + "\"}}"));
  }

  private static void replace(Path file, String text) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void rotate(String store, Consumer<String> put) throws Exception {
    put.accept(password);
    Path resources = Files.createDirectory(folder.resolve("resources"));
    Files.writeString(resources.resolve("secrets.yaml"), component("secrets", store));
    for (String type : new String[] {"state", "pubsub", "lock", "workflowbackend"}) {
      Files.writeString(resources.resolve(type + ".yaml"), component(type, redisComponent(type)));
    }
    Traffic traffic = new Traffic();
    try (Inboard inboard =
        traffic.addTo(Inboard.builder().appId("rotating").resources(resources)).start()) {
      traffic.begin(inboard);
      for (int i = 1; i <= ROTATIONS; i++) {
        traffic.awaitCalls(CALLS_BETWEEN);
        changePassword("planted-rotation-" + i, put);
      }
      traffic.awaitCalls(CALLS_BETWEEN);
      traffic.endAndAssertNothingFailed();
    }
  }

  private void changePassword(String next, Consumer<String> put) {
    redis.command("ACL SETUSER " + user + " >" + next);
    long newest = Long.parseLong(redis.command("CLIENT ID"));
    put.accept(next);
    await("connections with the old password are left")
        .atMost(LONG)
        .until(() -> oldestClient() > newest);
    redis.command("ACL SETUSER " + user + " <" + password);
    password = next;
  }

  private long oldestClient() {
    return redis
        .command("CLIENT LIST")
        .lines()
        .filter(line -> line.contains(" user=" + user + " "))
        .mapToLong(line -> Long.parseLong(line.substring("id=".length(), line.indexOf(' '))))
        .min()
        .orElse(0);
  }

  private static String component(String name, String spec) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
        + name
        + "}\nspec:\n  initTimeout: 60s\n"
        + spec
        + (name.equals("secrets") ? "" : "auth: {secretStore: secrets}\n");
  }

  private String redisComponent(String block) {
    return """
          type: %s.redis
          metadata:
          - {name: redisHost, value: "127.0.0.1:%d"}
          - {name: redisUsername, value: "%s"}
          - name: redisPassword
            secretKeyRef: {name: redis, key: password}
        """
        .formatted(block, redis.port(), user);
  }
}
