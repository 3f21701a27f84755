package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.pubSub;
import static dev.inboard.rabbitmq.TestComponents.publish;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RabbitMqServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Encrypted connections, certificates as logins, and logins that are refused. */
class RabbitMqTlsIT {
  private static final int TLS_PORT = freePort();

  private static String authority;
  private static String certificate;
  private static String key;

  @RegisterExtension static final RabbitMqServer rabbit = server();

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** One certificate for both sides. */
  private static RabbitMqServer server() {
    try {
      Certificates made = Certificates.create();
      authority = made.authority();
      certificate = made.certificate();
      key = made.key();
      return RabbitMqServer.create(
              "listeners.ssl.default = 127.0.0.1:" + TLS_PORT,
              "ssl_options.cacertfile = " + made.file("ca.pem"),
              "ssl_options.certfile = " + made.file("leaf.pem"),
              "ssl_options.keyfile = " + made.file("key.pem"),
              "ssl_options.verify = verify_peer",
              "ssl_options.fail_if_no_peer_cert = true",
              "ssl_cert_login_from = common_name",
              "auth_mechanisms.1 = PLAIN",
              "auth_mechanisms.2 = EXTERNAL")
          .withPlugins("rabbitmq_auth_mechanism_ssl");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void addUser() {
    rabbit.ctl("add_user", "localhost", "unused");
    rabbit.ctl("set_permissions", "-p", "/", "localhost", ".*", ".*", ".*");
    rabbit.ctl("add_user", "reader", "secret-word");
    rabbit.ctl("set_permissions", "-p", "/", "reader", "^$", "^$", ".*");
  }

  private static String uri(String login) {
    return "amqps://" + login + "localhost:" + TLS_PORT;
  }

  private static void assertServes(PubSubDriver driver) {
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, "tls", 1, arrivals);
    publish(driver, "tls", "a");
    await().atMost(Duration.ofSeconds(60)).until(() -> arrivals.times("a") == 1);
  }

  private static InboardException failureOf(String uri, String... fields) {
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> pubSub(uri, fields).close());
    assertThat(failure).as("a failure").isNotNull();
    assertThat(failure.getMessage()).doesNotContain("secret-word");
    return failure;
  }

  @Test
  @DisplayName("with the authority and a certificate of its own the client is served")
  void trustedServerAndClient() {
    try (PubSubDriver driver =
        pubSub(
            uri("guest:guest@"),
            "caCert",
            authority,
            "clientCert",
            certificate,
            "clientKey",
            key)) {
      assertServes(driver);
    }
  }

  @Test
  @DisplayName("with saslExternal the certificate is the login, for pub/sub and for bindings")
  void certificateIsTheLogin() {
    try (PubSubDriver driver =
        pubSub(
            uri(""),
            "caCert",
            authority,
            "clientCert",
            certificate,
            "clientKey",
            key,
            "saslExternal",
            "true")) {
      assertServes(driver);
      assertThat(rabbit.ctl("list_connections", "user", "auth_mechanism"))
          .contains("localhost\tEXTERNAL");
    }
    try (BindingDriver driver =
        TestComponents.binding(
            uri(""),
            "external",
            "caCert",
            authority,
            "clientCert",
            certificate,
            "clientKey",
            key,
            "externalSasl",
            "true")) {
      TestComponents.await(driver.ping());
    }
  }

  @Test
  @DisplayName("an unknown authority, a missing certificate and a plain port are errors, not waits")
  void untrustedIsRefused() {
    assertThat(failureOf(uri(""), "clientCert", certificate, "clientKey", key).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
    failureOf(uri(""), "caCert", authority);
    failureOf("amqps://localhost:" + rabbit.port(), "caCert", authority);
  }

  @Test
  @DisplayName("a name that the certificate does not carry is refused")
  void wrongHostNameIsRefused() {
    assertThat(
            failureOf(
                    "amqps://127.0.0.1:" + TLS_PORT,
                    "caCert",
                    authority,
                    "clientCert",
                    certificate,
                    "clientKey",
                    key)
                .code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  @DisplayName("a wrong password is UNAUTHENTICATED, a wrong virtual host PERMISSION_DENIED")
  void wrongLoginIsRefused() {
    String host = "localhost:" + rabbit.port();
    InboardException password = failureOf("amqp://reader:wrong-word@" + host);
    assertThat(password.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(password.getMessage()).contains(host).doesNotContain("wrong-word");
    InboardException virtualHost = failureOf("amqp://guest:guest@" + host + "/missing");
    assertThat(virtualHost.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(virtualHost.getMessage()).contains("missing", "virtual host");
  }

  @Test
  @DisplayName("a user without permission gets PERMISSION_DENIED, to publish and to subscribe")
  void missingPermissionIsSaid() {
    String uri = "amqp://reader:secret-word@localhost:" + rabbit.port();
    try (PubSubDriver driver = pubSub(uri)) {
      InboardException publishing =
          catchThrowableOfType(InboardException.class, () -> publish(driver, "forbidden", "a"));
      assertThat(publishing.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      InboardException subscribing =
          catchThrowableOfType(
              InboardException.class,
              () -> subscribe(driver, "forbidden", 1, Arrivals.acknowledged()));
      assertThat(subscribing.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(subscribing.getMessage()).contains("set_permissions");
    }
  }
}
