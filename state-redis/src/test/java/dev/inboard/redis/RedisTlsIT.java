package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.stateStore;
import static dev.inboard.redis.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisServer;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections: whom each side trusts. */
class RedisTlsIT {
  @TempDir static Path folder;

  private static RedisServer redis;
  private static String address;
  private static String certificate;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    certify();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    redis =
        RedisServer.create(
            "tls-port " + port,
            "tls-cert-file " + folder.resolve("server.crt"),
            "tls-key-file " + folder.resolve("server.key"),
            "tls-ca-cert-file " + folder.resolve("server.crt"),
            "tls-auth-clients yes");
    redis.start();
    address = "localhost:" + port;
  }

  /** Makes a certificate for localhost that vouches for itself, and its key, as PEM files. */
  private static void certify() throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-ext",
                "BC=ca:true",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(Files.readString(folder.resolve("keytool.log"))).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(store.toFile())) {
      keys.load(in, "changeit".toCharArray());
    }
    certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
    key = pem("PRIVATE KEY", keys.getKey("server", "changeit".toCharArray()).getEncoded());
    Files.writeString(folder.resolve("server.crt"), certificate);
    Files.writeString(folder.resolve("server.key"), key);
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + what
        + "-----\n";
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  @DisplayName("with the authority and a certificate of its own the client is served")
  void trustedServerAndClient() {
    try (StateStoreDriver store =
        stateStore(
            "redisHost",
            address,
            "enableTLS",
            "true",
            "caCert",
            certificate,
            "clientCert",
            certificate,
            "clientKey",
            key)) {
      put(store, "a", "1");
      assertThat(text(store, "a")).isEqualTo("1");
    }
  }

  @Test
  @DisplayName("an unknown authority is refused, unless verification is switched off")
  void unknownServerIsRefused() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () ->
                stateStore(
                    "redisHost",
                    address,
                    "enableTLS",
                    "true",
                    "clientCert",
                    certificate,
                    "clientKey",
                    key));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    try (StateStoreDriver store =
        stateStore(
            "redisHost",
            address,
            "enableTLS",
            "true",
            "insecureSkipTLSVerify",
            "true",
            "clientCert",
            certificate,
            "clientKey",
            key)) {
      put(store, "b", "1");
    }
  }

  @Test
  @DisplayName("a client without a certificate is refused where the server asks for one")
  void clientWithoutCertificateIsRefused() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () ->
                stateStore("redisHost", address, "enableTLS", "true", "caCert", certificate)
                    .close());
    assertThat(failure).isNotNull();
  }

  @Test
  @DisplayName("TLS against a plain port is an error, not an endless wait")
  void tlsAgainstPlainPort() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () -> stateStore("redisHost", redis.address(), "enableTLS", "true"));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isIn(ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT);
  }
}
