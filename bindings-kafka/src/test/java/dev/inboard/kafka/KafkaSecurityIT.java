package dev.inboard.kafka;

import static dev.inboard.kafka.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.test.server.KafkaBroker;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to prove who one is, against a broker that asks; and what happens to impostors. */
class KafkaSecurityIT {
  @TempDir static Path folder;

  private static TestCertificates broker;
  private static TestCertificates client;
  private static KafkaBroker kafka;
  private static HttpServer identityProvider;
  private static final Queue<Map<String, String>> tokenRequests = new ConcurrentLinkedQueue<>();

  private final String topic = "topic-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws Exception {
    broker = TestCertificates.create(folder, "broker", "EC");
    client = TestCertificates.create(folder, "client", "RSA");
    List<String> settings =
        new ArrayList<>(
            List.of(
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users=User:ANONYMOUS;User:alice;User:CN=client",
                "ssl.keystore.type=PKCS12",
                "ssl.keystore.location=" + broker.store(),
                "ssl.keystore.password=" + TestCertificates.PASSWORD,
                "ssl.key.password=" + TestCertificates.PASSWORD,
                "listener.name.mutual.ssl.client.auth=required",
                "listener.name.mutual.ssl.truststore.type=PKCS12",
                "listener.name.mutual.ssl.truststore.location=" + client.store(),
                "listener.name.mutual.ssl.truststore.password=" + TestCertificates.PASSWORD));
    for (String listener : List.of("plain", "tls")) {
      String prefix = "listener.name." + listener + ".";
      String modules = "org.apache.kafka.common.security.";
      settings.addAll(
          List.of(
              prefix + "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
              prefix
                  + "plain.sasl.jaas.config="
                  + modules
                  + "plain.PlainLoginModule required user_alice=\"it's \\\\\"quoted\\\\\"\""
                  + " user_bob=\"b\";",
              prefix
                  + "scram-sha-256.sasl.jaas.config="
                  + modules
                  + "scram.ScramLoginModule required;",
              prefix
                  + "scram-sha-512.sasl.jaas.config="
                  + modules
                  + "scram.ScramLoginModule required;",
              prefix
                  + "oauthbearer.sasl.jaas.config="
                  + modules
                  + "oauthbearer.OAuthBearerLoginModule required"
                  + " unsecuredLoginStringClaim_sub=\"broker\";"));
    }
    kafka =
        KafkaBroker.withListeners(
            Map.of("PLAIN", "SASL_PLAINTEXT", "TLS", "SASL_SSL", "MUTUAL", "SSL", "SERVER", "SSL"),
            settings.toArray(String[]::new));
    kafka.start();
    identityProvider =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    identityProvider.createContext(
        "/token",
        exchange -> {
          Map<String, String> form =
              form(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          tokenRequests.add(form);
          boolean refused = "wrong".equals(form.get("client_secret"));
          byte[] answer =
              (refused
                      ? "{\"error\":\"invalid_client\"}"
                      : "{\"access_token\":\"" + unsignedToken() + "\",\"expires_in\":600}")
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(refused ? 401 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    identityProvider.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
    identityProvider.stop(0);
  }

  /** What a broker without keys of an identity provider takes for a token of alice. */
  private static String unsignedToken() {
    long now = System.currentTimeMillis() / 1_000;
    return base64("{\"alg\":\"none\"}")
        + "."
        + base64("{\"sub\":\"alice\",\"iat\":%d,\"exp\":%d}".formatted(now - 5, now + 600))
        + ".";
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private static Map<String, String> form(String body) {
    return Arrays.stream(body.split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
  }

  private String tokenEndpoint() {
    return "http://127.0.0.1:" + identityProvider.getAddress().getPort() + "/token";
  }

  private void assertServes(String... fields) {
    try (PubSubDriver driver = TestComponents.pubSub(fields)) {
      Queue<String> inbox = new ConcurrentLinkedQueue<>();
      var unused =
          await(
              driver.subscribe(
                  SubscriptionSpec.of(topic, 1),
                  message -> {
                    inbox.add(TestComponents.text(message));
                    return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
                  }));
      await(driver.publish(OutboundMessage.of(topic, "hello".getBytes(UTF_8))));
      Awaitility.await()
          .atMost(Traffic.PATIENCE)
          .untilAsserted(() -> assertThat(inbox).containsExactly("hello"));
    }
  }

  private static InboardException refusal(String... fields) {
    return catchThrowableOfType(
        InboardException.class, () -> TestComponents.pubSub(fields).close());
  }

  private static void scram(ScramMechanism mechanism) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      "alice", new ScramCredentialInfo(mechanism, 4_096), "s")))
          .all()
          .get();
    }
  }

  @Test
  @DisplayName("password, PLAIN, with TLS and without; a password may hold any character")
  void passwordServes() {
    String[] user = {
      "authType", "password", "saslUsername", "alice", "saslPassword", "it's \"quoted\""
    };
    assertServes(with(user, "brokers", kafka.address("PLAIN"), "disableTls", "true"));
    assertServes(with(user, "brokers", kafka.address("TLS"), "caCert", broker.certificate()));
    assertServes(with(user, "brokers", kafka.address("TLS"), "skipVerify", "true"));
  }

  @Test
  @DisplayName("the older authRequired means the same")
  void authRequiredIsUnderstood() {
    assertServes(
        "authType", "",
        "authRequired", "true",
        "brokers", kafka.address("PLAIN"),
        "disableTls", "true",
        "saslUsername", "alice",
        "saslPassword", "it's \"quoted\"");
  }

  @Test
  @DisplayName("password by SCRAM, SHA-256 and SHA-512")
  void scramServes() throws Exception {
    String[] user = {"authType", "password", "saslUsername", "alice", "saslPassword", "s"};
    scram(ScramMechanism.SCRAM_SHA_256);
    assertServes(
        with(
            user,
            "brokers",
            kafka.address("PLAIN"),
            "disableTls",
            "true",
            "saslMechanism",
            "SHA-256"));
    scram(ScramMechanism.SCRAM_SHA_512);
    assertServes(
        with(
            user,
            "brokers",
            kafka.address("TLS"),
            "caCert",
            broker.certificate(),
            "saslMechanism",
            "SHA-512"));
  }

  @Test
  @DisplayName("mutual TLS with keys in PKCS #8 and in the older form; without a certificate not")
  void mutualTlsServes() throws Exception {
    String[] trust = {"brokers", kafka.address("MUTUAL"), "caCert", broker.certificate()};
    String[] mutual = with(trust, "authType", "mtls", "clientCert", client.certificate());
    assertServes(with(mutual, "clientKey", client.keyPem()));
    byte[] pkcs1 = Arrays.copyOfRange(client.key(), 26, client.key().length);
    assertServes(with(mutual, "clientKey", TestCertificates.pem("RSA PRIVATE KEY", pkcs1)));
    InboardException refused =
        refusal(with(trust, "authType", "certificate", "dialTimeout", "20s"));
    assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("TLS by which only the broker shows a certificate; skipVerify trusts any")
  void certificateServes() throws Exception {
    String[] anyone = {"brokers", kafka.address("SERVER"), "authType", "certificate"};
    assertServes(with(anyone, "caCert", broker.certificate()));
    String stranger = client.certificate();
    assertThat(refusal(with(anyone, "caCert", stranger, "dialTimeout", "20s")).code())
        .isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertServes(with(anyone, "caCert", stranger, "skipVerify", "true"));
  }

  @Test
  @DisplayName("a broker that cannot prove who it is gets nothing")
  void unknownBrokerIsRefused() {
    InboardException refused =
        refusal(
            "brokers", kafka.address("TLS"),
            "authType", "password",
            "saslUsername", "alice",
            "saslPassword", "it's \"quoted\"",
            "dialTimeout", "20s");
    assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(refused)
        .hasMessageContaining("bus (pubsub.kafka): open")
        .hasMessageContaining("SSL");
  }

  @Test
  @DisplayName("OIDC with a client secret, and with extensions")
  void oidcServes() {
    tokenRequests.clear();
    assertServes(
        "brokers", kafka.address("PLAIN"),
        "disableTls", "true",
        "authType", "oidc",
        "oidcTokenEndpoint", tokenEndpoint(),
        "oidcClientID", "shop",
        "oidcClientSecret", "s & t",
        "oidcScopes", "openid,kafka");
    assertThat(tokenRequests.peek())
        .containsEntry("grant_type", "client_credentials")
        .containsEntry("client_id", "shop")
        .containsEntry("client_secret", "s & t")
        .containsEntry("scope", "openid kafka");
  }

  @Test
  @DisplayName("OIDC with an assertion that the client's key has signed")
  void oidcAssertionServes() throws Exception {
    tokenRequests.clear();
    assertServes(
        "brokers", kafka.address("PLAIN"),
        "disableTls", "true",
        "authType", "oidc_private_key_jwt",
        "oidcTokenEndpoint", tokenEndpoint(),
        "oidcClientID", "shop",
        "oidcClientAssertionCert", client.certificate(),
        "oidcClientAssertionKey", client.keyPem(),
        "oidcResource", "kafka",
        "oidcKid", "key-1");
    Map<String, String> request = tokenRequests.element();
    assertThat(request)
        .containsEntry("resource", "kafka")
        .containsEntry(
            "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    String[] parts = request.get("client_assertion").split("\\.");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(client.certificate().getBytes(UTF_8))));
    signature.update((parts[0] + "." + parts[1]).getBytes(UTF_8));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    assertThat(new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8))
        .contains("\"kid\":\"key-1\"");
    assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8))
        .contains("\"iss\":\"shop\"")
        .contains("\"aud\":\"" + tokenEndpoint() + "\"");
  }

  @Test
  @DisplayName(
      "wrong credentials fail at the start, with a code and a cure, and without the secret")
  void wrongCredentialsFailAtTheStart() {
    InboardException refused =
        refusal(
            "brokers", kafka.address("PLAIN"),
            "disableTls", "true",
            "authType", "password",
            "saslUsername", "alice",
            "saslPassword", "hunter2");
    assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(refused)
        .hasMessageContaining("bus (pubsub.kafka): open")
        .hasMessageContaining("authType")
        .hasMessageNotContaining("hunter2");
    InboardException noToken =
        refusal(
            "brokers", kafka.address("PLAIN"),
            "disableTls", "true",
            "authType", "oidc",
            "oidcTokenEndpoint", tokenEndpoint(),
            "oidcClientID", "shop",
            "oidcClientSecret", "wrong");
    assertThat(noToken.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(noToken).hasMessageContaining("invalid_client");
  }

  @Test
  @DisplayName("topics and groups without permission are refused, each with its reason")
  void missingPermissionIsTold() throws Exception {
    String readable = TestComponents.freshTopic(kafka.address(), 1);
    allow("bob", ResourceType.TOPIC, readable);
    try (PubSubDriver bob =
        TestComponents.pubSub(
            "brokers", kafka.address("PLAIN"),
            "disableTls", "true",
            "authType", "password",
            "saslUsername", "bob",
            "saslPassword", "b")) {
      assertThat(bob.durability()).isNull(); // he may not ask for the brokers' settings
      String forbidden = TestComponents.freshTopic(kafka.address(), 1);
      assertThat(
              catchThrowableOfType(
                      InboardException.class,
                      () -> await(bob.publish(OutboundMessage.of(forbidden, new byte[1]))))
                  .code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(
              catchThrowableOfType(InboardException.class, () -> subscribe(bob, forbidden)).code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
      InboardException noGroup =
          catchThrowableOfType(InboardException.class, () -> subscribe(bob, readable));
      assertThat(noGroup.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(noGroup).hasMessageContaining("app").hasMessageContaining("ACL");
      allow("bob", ResourceType.GROUP, "app");
      Awaitility.await()
          .atMost(Traffic.PATIENCE)
          .ignoreException(InboardException.class)
          .until(
              () -> {
                subscribe(bob, readable);
                return true;
              });
    }
  }

  private static void subscribe(PubSubDriver driver, String topic) {
    var unused =
        await(
            driver.subscribe(
                SubscriptionSpec.of(topic, 1),
                message -> CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE)));
  }

  private static void allow(String user, ResourceType type, String name) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(type, name, PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:" + user, "*", AclOperation.READ, AclPermissionType.ALLOW))))
          .all()
          .get();
    }
  }

  private static String[] with(String[] fields, String... more) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
