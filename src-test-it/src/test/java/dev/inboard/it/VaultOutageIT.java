package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretListener;
import dev.inboard.secrets.SecretStore;
import dev.inboard.test.server.OpenBaoServer;
import dev.inboard.test.server.TcpProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the application sees of Vault's bad days. */
class VaultOutageIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.persistent();

  @TempDir Path folder;
  private TcpProxy network;
  private Inboard inboard;

  @BeforeEach
  void start() throws Exception {
    bao.start();
    bao.unseal();
    put("planted-1");
    network = TcpProxy.to(bao.port());
    Files.writeString(
        folder.resolve("vault.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: vault}
        spec:
          type: secretstores.hashicorp.vault
          initTimeout: 60s
          metadata:
          - {name: vaultAddr, value: "http://127.0.0.1:%d"}
          - {name: vaultToken, value: "%s"}
          - {name: vaultTimeout, value: 2s}
          - {name: cacheMaxAge, value: 100ms}
          - {name: refreshInterval, value: 50ms}
        """
            .formatted(network.port(), bao.rootToken()));
    inboard = Inboard.builder().appId("outage").resources(folder).start();
  }

  @AfterEach
  void stop() {
    if (inboard != null) {
      inboard.close();
    }
    network.close();
  }

  private static void put(String value) {
    bao.api("POST", "secret/data/dapr/a", "{\"data\":{\"v\":\"" + value + "\"}}");
  }

  private static ErrorCode freshFailure(SecretStore vault) {
    return catchThrowableOfType(InboardException.class, () -> vault.getFresh("a")).code();
  }

  private void assertServedUntilBack(SecretStore vault, ErrorCode code, Runnable end) {
    for (int i = 0; i < 20; i++) {
      assertThat(vault.get("a").value("v")).isEqualTo("planted-1");
    }
    assertThat(freshFailure(vault)).isEqualTo(code);
    assertThat(vault.get("a").value("v")).isEqualTo("planted-1");
    InboardException unknown =
        catchThrowableOfType(InboardException.class, () -> vault.get("never-read"));
    assertThat(unknown.code()).as("nothing is known of it").isEqualTo(code);
    end.run();
    await().atMost(LONG).until(() -> vault.get("a").value("v").equals("planted-2"));
  }

  @Test
  @DisplayName("while Vault is sealed, known secrets are served, and new ones once it is unsealed")
  void sealed() {
    SecretStore vault = inboard.secretStore("vault");
    vault.get("a");
    bao.seal();
    assertServedUntilBack(
        vault,
        ErrorCode.UNAVAILABLE,
        () -> {
          bao.unseal();
          put("planted-2");
        });
  }

  @Test
  @DisplayName("while Vault cannot be reached, known secrets are served")
  void unreachable() {
    SecretStore vault = inboard.secretStore("vault");
    vault.get("a");
    network.refuse();
    network.reset();
    put("planted-2");
    assertServedUntilBack(vault, ErrorCode.UNAVAILABLE, network::accept);
  }

  @Test
  @DisplayName("while Vault does not answer, known secrets are served, and only some reads wait")
  void silent() {
    SecretStore vault = inboard.secretStore("vault");
    vault.get("a");
    network.stall();
    put("planted-2");
    assertServedUntilBack(
        vault,
        ErrorCode.TIMEOUT,
        () -> {
          network.resume();
          network.reset();
        });
  }

  @Test
  @DisplayName("a deleted secret is served no more, and its watcher hears of it and of its return")
  void deletedAndWatched() {
    SecretStore vault = inboard.secretStore("vault");
    List<String> heard = new CopyOnWriteArrayList<>();
    var watch =
        vault.watch(
            "a",
            new SecretListener() {
              @Override
              public void changed(SecretEntry secret) {
                heard.add(secret.value("v").equals("planted-1") ? "first" : "second");
              }

              @Override
              public void failed(InboardException failure) {
                heard.add(failure.code().name());
              }
            });
    bao.api("DELETE", "secret/data/dapr/a", "");
    await().atMost(LONG).until(() -> heard.size() == 2);
    InboardException gone = catchThrowableOfType(InboardException.class, () -> vault.get("a"));
    assertThat(gone.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(gone).hasMessageContaining("undelete it, or write a new one");
    put("planted-2");
    await().atMost(LONG).until(() -> heard.size() == 3);
    assertThat(heard).containsExactly("first", "NOT_FOUND", "second");
    watch.close();
  }

  @Test
  @DisplayName("a missing key is told apart from a missing secret, and the keys there are named")
  void missingKey() {
    SecretEntry secret = inboard.secretStore("vault").get("a");
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> secret.value("password"));
    assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(failure).hasMessageContaining("it has v");
  }
}
