package dev.inboard.vault;

import static dev.inboard.vault.Vaults.assertCode;
import static dev.inboard.vault.Vaults.failure;
import static dev.inboard.vault.Vaults.metadata;
import static dev.inboard.vault.Vaults.open;
import static dev.inboard.vault.Vaults.openFailure;
import static dev.inboard.vault.Vaults.parse;
import static dev.inboard.vault.Vaults.put;
import static dev.inboard.vault.Vaults.value;
import static dev.inboard.vault.Vaults.with;
import static dev.inboard.vault.Vaults.without;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.inboard.common.ErrorCode;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.test.server.OpenBaoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VaultLoginIT {
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.shared();

  @TempDir Path folder;
  private final String prefix = Vaults.prefix();
  private final String policy =
      "path \"secret/data/" + prefix + "/*\" { capabilities = [\"read\"] }";
  private Map<String, String> base;

  @BeforeEach
  void plant() {
    put(bao, prefix + "/a", Map.of("v", "value of a"));
    base = without(metadata(bao, prefix), "vaultToken");
  }

  @Test
  void wrongTokenStopsTheStart() {
    assertThat(openFailure(with(base, "vaultToken", "hunter2")))
        .hasMessage(
            "vault (secretstores.hashicorp.vault): open failed: UNAUTHENTICATED: the server does not"
                + " accept the token; it is wrong or has expired: correct 'vaultToken', or let the"
                + " driver log in");
  }

  @Test
  void expiredTokenIsToldApartFromAForbiddenPath() {
    String token = Vaults.token(bao, policy, Map.of("ttl", "1h"));
    try (SecretStoreDriver vault = open(with(base, "vaultToken", token))) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
      put(bao, "other-" + prefix, Map.of("v", "hunter2"));
      try (SecretStoreDriver beside =
          open(with(base, "vaultToken", token, "vaultKVUsePrefix", "false"))) {
        assertCode(
            failure(beside, "other-" + prefix),
            ErrorCode.PERMISSION_DENIED,
            "the token's policies do not permit it",
            "add the capability 'read'");
      }
      bao.api("POST", "auth/token/revoke", Vaults.json(Map.of("token", token)));
      assertCode(failure(vault, "a"), ErrorCode.UNAUTHENTICATED, "it is wrong or has expired");
    }
  }

  @Test
  void tokenWithoutAnyPolicyIsValidAllTheSame() {
    String token = Vaults.token(bao, policy, Map.of("no_default_policy", true));
    try (SecretStoreDriver vault = open(with(base, "vaultToken", token))) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
  }

  @Test
  void tokenFileIsReadAgainWhenItChanges() throws Exception {
    String first = Vaults.token(bao, policy, Map.of());
    Path file = Files.writeString(folder.resolve("token"), "\n" + first + "\n");
    try (SecretStoreDriver vault = open(with(base, "vaultTokenMountPath", file.toString()))) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
      bao.api("POST", "auth/token/revoke", Vaults.json(Map.of("token", first)));
      assertCode(
          failure(vault, "a"), ErrorCode.UNAUTHENTICATED, "write a valid one to '" + file + "'");
      Files.writeString(file, Vaults.token(bao, policy, Map.of()));
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");

      // A token that still serves is replaced as well, at the latest after a second.
      String narrow = Vaults.token(bao, "path \"nothing\" { capabilities = [\"read\"] }", Map.of());
      Files.writeString(file, narrow);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .untilAsserted(() -> assertCode(failure(vault, "a"), ErrorCode.PERMISSION_DENIED));
    }
  }

  @Test
  void tokenFileThatIsMissingOrEmptyStopsTheStart() throws Exception {
    Path file = folder.resolve("token");
    Map<String, String> metadata = with(base, "vaultTokenMountPath", file.toString());
    assertCode(openFailure(metadata), ErrorCode.UNAUTHENTICATED, "'" + file + "' cannot be read");
    Files.writeString(file, " \n");
    assertCode(openFailure(metadata), ErrorCode.UNAUTHENTICATED, "'" + file + "' is empty");
  }

  @Test
  void appRoleLogsIn() throws Exception {
    AppRole role = appRole(Map.of("token_ttl", "1h"));
    try (SecretStoreDriver vault = open(role.metadata())) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
    Path file = Files.writeString(folder.resolve("secret-id"), role.secretId() + "\n");
    Map<String, String> fromFile =
        with(
            without(role.metadata(), "vaultAppRoleSecretId"),
            "vaultAppRoleSecretIdPath",
            file.toString());
    try (SecretStoreDriver vault = open(fromFile)) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
  }

  @Test
  void refusedLoginStopsTheStart() {
    AppRole role = appRole(Map.of());
    assertCode(
        openFailure(with(role.metadata(), "vaultAppRoleSecretId", "hunter2")),
        ErrorCode.UNAUTHENTICATED,
        "the login at auth/approle-" + prefix + " is refused (invalid role or secret ID)",
        "correct 'role_id', the credential, or the mount's path");
    assertThat(
            Vaults.printed(openFailure(with(role.metadata(), "vaultAppRoleSecretId", "hunter2"))))
        .doesNotContain("hunter2");
    assertCode(
        openFailure(with(role.metadata(), "vaultAppRoleMountPath", "nowhere")),
        ErrorCode.UNAUTHENTICATED,
        "the login at auth/nowhere is refused");
  }

  @Test
  void tokenIsRenewedBeforeItExpires() {
    AppRole role = appRole(Map.of("token_ttl", "3s", "token_max_ttl", "1h"));
    try (SecretStoreDriver vault = open(role.metadata())) {
      assertThat(readFor(9, vault, role)).as("logins; the rest were renewals").hasSize(1);
    }
  }

  @Test
  void anotherLoginFollowsWhenTheTokenCannotBeRenewedAnyMore() {
    AppRole role = appRole(Map.of("token_ttl", "3s", "token_max_ttl", "6s"));
    try (SecretStoreDriver vault = open(role.metadata())) {
      assertThat(readFor(14, vault, role)).as("logins").hasSizeGreaterThan(1);
    }
  }

  @Test
  void revokedTokenIsReplacedWithoutAFailedRead() {
    AppRole role = appRole(Map.of("token_ttl", "1h"));
    try (SecretStoreDriver vault = open(role.metadata())) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
      bao.api("PUT", "sys/leases/revoke-prefix/auth/" + role.mount(), "");
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
  }

  @Test
  void idleDriverLogsInAgainAfterItsTokenHasExpired() throws Exception {
    AppRole role = appRole(Map.of("token_ttl", "2s", "token_max_ttl", "2s"));
    try (SecretStoreDriver vault = open(role.metadata())) {
      TimeUnit.SECONDS.sleep(4); // the server counts real seconds
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
  }

  @Test
  void jwtLogsIn() throws Exception {
    KeyPair keys = keys();
    String mount = "jwt-" + prefix;
    bao.api("POST", "sys/auth/" + mount, "{\"type\":\"jwt\"}");
    bao.api(
        "POST",
        "auth/" + mount + "/config",
        Vaults.json(Map.of("jwt_validation_pubkeys", List.of(pem(keys)))));
    bao.api("POST", "sys/policies/acl/" + mount, Vaults.json(Map.of("policy", policy)));
    bao.api(
        "POST",
        "auth/" + mount + "/role/app",
        Vaults.json(
            Map.of(
                "role_type",
                "jwt",
                "user_claim",
                "sub",
                "bound_audiences",
                List.of("inboard"),
                "token_policies",
                List.of(mount))));
    Map<String, String> metadata =
        with(
            base,
            "vaultAuthMethod",
            "jwt",
            "vaultJwtRole",
            "app",
            "vaultJwtMountPath",
            mount,
            "vaultJwt",
            jwt(keys));
    try (SecretStoreDriver vault = open(metadata)) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
    Path file = Files.writeString(folder.resolve("jwt"), jwt(keys));
    try (SecretStoreDriver vault =
        open(with(without(metadata, "vaultJwt"), "vaultJwtPath", file.toString()))) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
    }
    assertCode(
        openFailure(with(metadata, "vaultJwt", jwt(keys()))),
        ErrorCode.UNAUTHENTICATED,
        "the login at auth/" + mount + " is refused");
  }

  /**
   * The login is OpenBao's own; the Kubernetes API behind it is a stand-in that knows one token.
   */
  @Test
  void kubernetesLogsIn() throws Exception {
    String mount = "kubernetes-" + prefix;
    String serviceAccount = jwt(keys());
    HttpServer kubernetes = tokenReviews(serviceAccount);
    try {
      String host = "http://127.0.0.1:" + kubernetes.getAddress().getPort();
      bao.api("POST", "sys/auth/" + mount, "{\"type\":\"kubernetes\"}");
      bao.api(
          "POST",
          "auth/" + mount + "/config",
          Vaults.json(
              Map.of(
                  "kubernetes_host",
                  host,
                  "kubernetes_ca_cert",
                  Files.readString(bao.certificate()),
                  "disable_local_ca_jwt",
                  true,
                  "token_reviewer_jwt",
                  serviceAccount)));
      bao.api("POST", "sys/policies/acl/" + mount, Vaults.json(Map.of("policy", policy)));
      bao.api(
          "POST",
          "auth/" + mount + "/role/app",
          Vaults.json(
              Map.of(
                  "bound_service_account_names", List.of("shop"),
                  "bound_service_account_namespaces", List.of("default"),
                  "token_policies", List.of(mount))));
      Path file = Files.writeString(folder.resolve("service-account"), serviceAccount);
      Map<String, String> metadata =
          with(
              base,
              "vaultAuthMethod",
              "kubernetes",
              "vaultKubernetesRole",
              "app",
              "vaultKubernetesMountPath",
              mount,
              "vaultServiceAccountTokenPath",
              file.toString());
      try (SecretStoreDriver vault = open(metadata)) {
        assertThat(value(vault, "a", "v")).isEqualTo("value of a");
      }
      Files.delete(file);
      assertCode(
          openFailure(metadata),
          ErrorCode.UNAUTHENTICATED,
          "'" + file + "', which the login needs, cannot be read; correct the path");
    } finally {
      kubernetes.stop(0);
    }
  }

  private record AppRole(
      String mount, String roleId, String secretId, Map<String, String> metadata) {}

  private AppRole appRole(Map<String, String> settings) {
    String mount = "approle-" + prefix;
    bao.api("POST", "sys/auth/" + mount, "{\"type\":\"approle\"}");
    bao.api("POST", "sys/policies/acl/" + mount, Vaults.json(Map.of("policy", policy)));
    Map<String, String> role = with(settings, "token_policies", mount);
    bao.api("POST", "auth/" + mount + "/role/app", Vaults.json(role));
    String roleId = field("auth/" + mount + "/role/app/role-id", "GET", "role_id");
    String secretId = field("auth/" + mount + "/role/app/secret-id", "POST", "secret_id");
    return new AppRole(
        mount,
        roleId,
        secretId,
        with(
            base,
            "vaultAuthMethod",
            "approle",
            "vaultAppRoleMountPath",
            mount,
            "vaultAppRoleRoleId",
            roleId,
            "vaultAppRoleSecretId",
            secretId));
  }

  private static String field(String path, String method, String name) {
    return parse(bao.api(method, path, "")).at("/data/" + name).asText();
  }

  /** Returns the live tokens, by their accessors, that came from logins at the role's mount. */
  private static Set<String> logins(AppRole role) {
    Set<String> logins = new HashSet<>();
    for (JsonNode accessor :
        parse(bao.api("GET", "auth/token/accessors?list=true", "")).at("/data/keys")) {
      if (isLoginAt(role.mount(), accessor.asText())) {
        logins.add(accessor.asText());
      }
    }
    return logins;
  }

  private static boolean isLoginAt(String mount, String accessor) {
    try {
      String token =
          bao.api("POST", "auth/token/lookup-accessor", Vaults.json(Map.of("accessor", accessor)));
      return parse(token).at("/data/path").asText().startsWith("auth/" + mount);
    } catch (IllegalStateException expiredMeanwhile) {
      return false;
    }
  }

  /** Reads all the time, without a single failure; returns the logins that were seen meanwhile. */
  private static Set<String> readFor(int seconds, SecretStoreDriver vault, AppRole role) {
    Set<String> logins = new HashSet<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (int i = 0; System.nanoTime() - end < 0; i++) {
      assertThat(value(vault, "a", "v")).isEqualTo("value of a");
      if (i % 50 == 0) {
        logins.addAll(logins(role));
      }
    }
    return logins;
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static String pem(KeyPair keys) {
    String base64 = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  private static String jwt(KeyPair keys) throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims =
        Map.of(
            "sub",
            "shop",
            "aud",
            List.of("inboard"),
            "iat",
            now - 5,
            "nbf",
            now - 5,
            "exp",
            now + 3600,
            "kubernetes.io",
            Map.of("namespace", "default", "serviceaccount", Map.of("name", "shop", "uid", "7")));
    String signed = base64(Vaults.json(Map.of("alg", "RS256"))) + "." + base64(Vaults.json(claims));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpServer tokenReviews(String known) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/apis/authentication.k8s.io/v1/tokenreviews",
        exchange -> {
          JsonNode request = Vaults.JSON.readTree(exchange.getRequestBody());
          boolean authenticated = request.at("/spec/token").asText().equals(known);
          Map<String, Object> status =
              authenticated
                  ? Map.of(
                      "authenticated",
                      true,
                      "audiences",
                      List.of("inboard"),
                      "user",
                      Map.of("username", "system:serviceaccount:default:shop", "uid", "7"))
                  : Map.of("authenticated", false);
          byte[] body =
              Vaults.json(
                      Map.of(
                          "apiVersion",
                          "authentication.k8s.io/v1",
                          "kind",
                          "TokenReview",
                          "status",
                          status))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(201, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
