package dev.inboard.vault;

import static dev.inboard.vault.Vaults.assertCode;
import static dev.inboard.vault.Vaults.open;
import static dev.inboard.vault.Vaults.openFailure;
import static dev.inboard.vault.Vaults.put;
import static dev.inboard.vault.Vaults.value;
import static dev.inboard.vault.Vaults.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.test.server.OpenBaoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server's certificate is its own authority and is for {@value OpenBaoServer#TLS_NAME} only.
 */
class VaultTlsIT {
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.shared();

  @TempDir Path folder;
  private final String prefix = Vaults.prefix();
  private Map<String, String> base;
  private String pem;

  @BeforeEach
  void plant() throws IOException {
    put(bao, prefix + "/a", Map.of("v", "over TLS"));
    pem = Files.readString(bao.certificate());
    base = with(Vaults.metadata(bao, prefix), "vaultAddr", "https://127.0.0.1:" + bao.tlsPort());
  }

  @Test
  void unknownAuthorityIsNotTrusted() {
    assertCode(
        openFailure(base),
        ErrorCode.UNAUTHENTICATED,
        "the certificate of https://127.0.0.1:" + bao.tlsPort() + " is not trusted",
        "give its authority with 'caPem', 'caPath' or 'caCert'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void authorityAndNameTogetherAreTrusted(String host) throws IOException {
    Map<String, String> named =
        with(
            base,
            "vaultAddr",
            "https://" + host + ":" + bao.tlsPort(),
            "tlsServerName",
            OpenBaoServer.TLS_NAME);
    assertReads(with(named, "caPem", pem));
    assertReads(with(named, "caCert", bao.certificate().toString()));
    Files.writeString(Files.createDirectories(folder.resolve("sub")).resolve("ca.pem"), pem);
    Files.writeString(folder.resolve("README"), "no certificate, which is no problem");
    assertReads(with(named, "caPath", folder.toString()));
  }

  @Test
  void textWinsOverFolderOverFile() {
    Map<String, String> named = with(base, "tlsServerName", OpenBaoServer.TLS_NAME);
    assertReads(with(named, "caPem", pem, "caPath", "/no/such", "caCert", "/no/such"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void anotherNameIsNotTrusted(String host) {
    Map<String, String> trusting =
        with(base, "vaultAddr", "https://" + host + ":" + bao.tlsPort(), "caPem", pem);
    assertCode(
        openFailure(trusting), ErrorCode.UNAUTHENTICATED, "or its name with 'tlsServerName'");
    assertCode(
        openFailure(with(trusting, "tlsServerName", "other.example")),
        ErrorCode.UNAUTHENTICATED,
        "is not trusted");
    assertCode(
        openFailure(with(trusting, "tlsServerName", "127.0.0.1")),
        ErrorCode.UNAUTHENTICATED,
        "is not trusted");
  }

  @Test
  void skipVerifyTrustsAnybodyInExactlyOneSpelling() {
    assertReads(with(base, "skipVerify", "true"));
    assertReads(with(base, "skipVerify", "true", "caPem", "no certificate"));
    assertCode(openFailure(with(base, "skipVerify", "yes")), ErrorCode.UNAUTHENTICATED);
  }

  @Test
  void authoritiesThatCannotBeReadAreReported() throws IOException {
    assertCode(
        openFailure(with(base, "caPem", "no certificate")),
        ErrorCode.INVALID_ARGUMENT,
        "'caPem' holds no certificate; give one in PEM");
    assertCode(
        openFailure(with(base, "caCert", "/no/such.pem")),
        ErrorCode.INVALID_ARGUMENT,
        "'/no/such.pem' cannot be read; correct the path");
    assertCode(
        openFailure(with(base, "caPath", folder.toString())),
        ErrorCode.INVALID_ARGUMENT,
        "'caPath' holds no certificate");
    Path broken = folder.resolve("broken.pem");
    Files.writeString(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertCode(
        openFailure(with(base, "caCert", broken.toString())),
        ErrorCode.INVALID_ARGUMENT,
        "'caCert' (" + broken + ") is no certificate; correct it");
  }

  @Test
  void plainServerIsNoTlsServer() {
    assertCode(
        openFailure(with(base, "vaultAddr", "https://127.0.0.1:" + bao.port())),
        ErrorCode.UNAVAILABLE,
        "does 'vaultAddr' say https to a server that speaks http?");
    assertCode(
        openFailure(with(base, "vaultAddr", "http://127.0.0.1:" + bao.tlsPort())),
        ErrorCode.INVALID_ARGUMENT,
        "the server refuses the request");
  }

  private void assertReads(Map<String, String> metadata) {
    try (SecretStoreDriver vault = open(metadata)) {
      assertThat(value(vault, "a", "v")).isEqualTo("over TLS");
    }
  }
}
