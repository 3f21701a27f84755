package dev.inboard.vault;

import static dev.inboard.vault.Vaults.assertCode;
import static dev.inboard.vault.Vaults.await;
import static dev.inboard.vault.Vaults.failure;
import static dev.inboard.vault.Vaults.get;
import static dev.inboard.vault.Vaults.open;
import static dev.inboard.vault.Vaults.openFailure;
import static dev.inboard.vault.Vaults.put;
import static dev.inboard.vault.Vaults.value;
import static dev.inboard.vault.Vaults.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import dev.inboard.test.server.OpenBaoServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bad days of the server and of the network before it. */
class VaultFaultsIT {
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.persistent();

  private TcpProxy network;
  private Map<String, String> metadata;

  @BeforeEach
  void plant() {
    bao.start();
    bao.unseal();
    put(bao, "dapr/a", Map.of("v", "still there"));
    network = TcpProxy.to(bao.port());
    metadata =
        Map.of(
            "vaultAddr",
            "http://127.0.0.1:" + network.port(),
            "vaultToken",
            bao.rootToken(),
            "vaultTimeout",
            "2s");
  }

  @AfterEach
  void closeNetwork() {
    network.close();
  }

  @Test
  void sealedServerIsUnavailableUntilItIsUnsealed() {
    try (SecretStoreDriver vault = open(metadata)) {
      bao.seal();
      assertCode(failure(vault, "a"), ErrorCode.UNAVAILABLE, "is sealed; unseal it");
      assertCode(failure(vault.getBulk(Map.of())), ErrorCode.UNAVAILABLE, "is sealed; unseal it");
      assertCode(failure(vault.ping()), ErrorCode.UNAVAILABLE, "is sealed; unseal it");
      assertCode(openFailure(metadata), ErrorCode.UNAVAILABLE, "open failed", "unseal it");
      bao.unseal();
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
      await(vault.ping());
    }
  }

  @Test
  void crashedServerServesAgainAfterItsRestart() {
    try (SecretStoreDriver vault = open(metadata)) {
      bao.kill();
      assertCode(
          failure(vault, "a"),
          ErrorCode.UNAVAILABLE,
          "cannot be reached",
          "is the server up, and 'vaultAddr' right?");
      bao.start();
      assertCode(failure(vault, "a"), ErrorCode.UNAVAILABLE, "is sealed");
      bao.unseal();
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
    }
  }

  @Test
  void deadAddressStopsTheStart() {
    network.refuse();
    assertCode(openFailure(metadata), ErrorCode.UNAVAILABLE, "open failed", "cannot be reached");
    assertCode(
        openFailure(with(metadata, "vaultAddr", "http://no-such-host.invalid:8200")),
        ErrorCode.UNAVAILABLE,
        "the host of http://no-such-host.invalid:8200 is unknown; correct 'vaultAddr'");
  }

  @Test
  void silentNetworkEndsInATimeoutAndRecovers() {
    try (SecretStoreDriver vault = open(metadata)) {
      network.stall();
      assertCode(
          failure(vault, "a"),
          ErrorCode.TIMEOUT,
          "no whole answer from http://127.0.0.1:" + network.port() + " in time",
          "raise 'vaultTimeout'");
      network.resume();
      network.reset();
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
    }
  }

  @Test
  void slowAnswersAreAwaited() {
    network.delay(Duration.ofMillis(150));
    try (SecretStoreDriver vault = open(with(metadata, "vaultTimeout", "30s"))) {
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
    }
  }

  @Test
  void stalledServerEndsInATimeoutAndRecovers() {
    try (SecretStoreDriver vault = open(metadata)) {
      bao.stall();
      try {
        assertCode(failure(vault, "a"), ErrorCode.TIMEOUT);
      } finally {
        bao.resume();
      }
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
    }
  }

  @Test
  void resetConnectionsFailAtMostTheReadsUnderWay() {
    try (SecretStoreDriver vault = open(metadata)) {
      for (int i = 0; i < 20; i++) {
        network.reset();
        try {
          get(vault, "a");
        } catch (dev.inboard.common.InboardException e) {
          assertCode(e, ErrorCode.UNAVAILABLE);
        }
      }
      assertThat(value(vault, "a", "v")).isEqualTo("still there");
    }
  }

  @Test
  void readOfAnInterruptedThreadGoesOnForTheOthersWhoWaitForIt() throws Exception {
    try (SecretStoreDriver vault = open(metadata)) {
      CompletableFuture<CompletionStage<StoredSecret>> read = new CompletableFuture<>();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                read.complete(CallingThread.waiting(() -> vault.get("a", Map.of())));
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
      caller.start();
      assertThat(await(await(read)).values()).containsKey("v");
      assertThat(await(interrupted)).as("the caller is still interrupted").isTrue();
      caller.join();
    }
  }

  @Test
  void closeWaitsForTheReadsUnderWay() throws Exception {
    SecretStoreDriver vault = open(with(metadata, "vaultTimeout", "30s"));
    network.delay(Duration.ofMillis(100));
    List<CompletionStage<StoredSecret>> reads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      reads.add(vault.get("a", Map.of()));
    }
    CompletableFuture<Void> closed = CompletableFuture.runAsync(vault::close);
    for (CompletionStage<StoredSecret> read : reads) {
      assertThat(await(read).values()).containsKey("v");
    }
    closed.get(60, TimeUnit.SECONDS);
    assertCode(failure(vault, "a"), ErrorCode.CANCELLED, "the component is closed");
  }
}
