package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.secrets.StoredSecret;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataResolverTest {
  private static final MetadataResolver.SecretLookup VAULT =
      (component, reference) -> {
        assertThat(component.secretStore()).isEqualTo("vault");
        return switch (reference.secret()) {
          case "single" -> StoredSecret.single("single", "one");
          case "redis" ->
              new StoredSecret(
                  Map.of("password", Secret.of("hunter2"), "user", Secret.of("{appID}")),
                  null,
                  null);
          case "down" ->
              throw new InboardException(
                  ErrorCode.UNAVAILABLE, "vault (x)", "get 'down'", "connection refused");
          case "later" -> null;
          default ->
              throw new InboardException(ErrorCode.NOT_FOUND, "vault (x)", "get", "no such secret");
        };
      };

  private Problems problems = new Problems(false);

  @Test
  void literalsVariablesAndSecretsBecomeValues() {
    ResolvedMetadata metadata =
        resolve(
            Map.of("REDIS_DB", "7", "EMPTY", ""),
            """
                - {name: redisHost, value: "localhost:6379"}
                - {name: redisDB, envRef: REDIS_DB}
                - {name: empty, envRef: EMPTY}
                - {name: redisPassword, secretKeyRef: {name: redis, key: password}}
                - {name: single, secretKeyRef: {name: single}}
                - {name: later, secretKeyRef: {name: later}}
            """);
    assertThat(problems.all()).isEmpty();
    assertThat(metadata.values())
        .containsOnly(
            Map.entry("redisHost", "localhost:6379"),
            Map.entry("redisDB", "7"),
            Map.entry("empty", ""),
            Map.entry("redisPassword", "hunter2"),
            Map.entry("single", "one"));
    assertThat(metadata.values().get("REDISHOST")).isEqualTo("localhost:6379");
    assertThat(metadata.concealed())
        .containsExactlyInAnyOrder("redisDB", "empty", "redisPassword", "single", "later");
    assertThat(metadata.pending()).containsExactly("later");
    assertThat(metadata.toString()).doesNotContain("hunter2", "6379");
  }

  @Test
  void templateTagsAreReplacedInEveryValue() {
    ResolvedMetadata metadata =
        resolve(
            Map.of("POD_NAME", "pod-1", "NAMESPACE", "shops", "TAG", "x-{podName}"),
            """
                - {name: a, value: "{appID}/{namespace}/{podName}/{appID}"}
                - {name: b, envRef: TAG}
                - {name: c, secretKeyRef: {name: redis, key: user}}
                - {name: d, value: "{other} {appid}"}
                - {name: g, value: "{dataFolder}/a.db"}
                - {name: e, value: "{uuid}"}
                - {name: f, value: "{uuid}{uuid}"}
            """);
    assertThat(metadata.values())
        .containsEntry("a", "shop/shops.shop/pod-1/shop")
        .containsEntry("b", "x-pod-1")
        .containsEntry("c", "shop")
        .containsEntry("d", "{other} {appid}")
        .containsEntry("g", "data/a.db");
    String uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    assertThat(metadata.values().get("e")).matches(uuid);
    String two = metadata.values().get("f");
    assertThat(two).matches(uuid + uuid);
    assertThat(two.substring(0, 36)).isNotEqualTo(two.substring(36));
  }

  @Test
  void theNamespaceIsDefaultWhenTheEnvironmentNamesNone() {
    assertThat(resolve(Map.of(), "    - {name: a, value: '{namespace}'}").values())
        .containsEntry("a", "default.shop");
  }

  @Test
  void aPodNameThatIsNotSetIsReported() {
    ResolvedMetadata metadata = resolve(Map.of(), "    - {name: a, value: 'x{podName}'}");
    assertThat(problems.all().get(0))
        .hasToString(
            "1.yaml:9: orders (state.x): field 'a': uses {podName}, but the environment variable POD_NAME is not set;"
                + " set it or use another tag");
    assertThat(metadata.pending()).containsExactly("a");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ABSENT, 'is not set; set it or write a value'",
    "APP_API_TOKEN, is never given to components; use another variable",
    "app_api_token, is never given to components; use another variable",
    "DAPR_HTTP_PORT, is never given to components; use another variable",
    "Dapr_x, is never given to components; use another variable",
    "two words, has a blank in its name; use another variable",
  })
  void variablesThatCannotBeReadAreReported(String variable, String said) {
    resolve(
        Map.of(
            "APP_API_TOKEN",
            "hunter2",
            "DAPR_HTTP_PORT",
            "1",
            "two words",
            "x",
            "Dapr_x",
            "x",
            "app_api_token",
            "x"),
        "    - {name: a, envRef: " + variable + "}");
    assertThat(problems.all().get(0))
        .hasToString(
            "1.yaml:9: orders (state.x): field 'a': the environment variable '"
                + variable
                + "' "
                + said);
  }

  @Test
  void anAllowListForbidsEveryOtherVariable() {
    Map<String, String> variables =
        Map.of("DAPR_ENV_KEYS", "redis_db OTHER", "REDIS_DB", "7", "OTHER2", "x");
    assertThat(resolve(variables, "    - {name: a, envRef: REDIS_DB}").values())
        .containsEntry("a", "7");
    assertThat(problems.all()).isEmpty();
    resolve(variables, "    - {name: a, envRef: OTHER2}");
    assertThat(problems.all().get(0))
        .hasToString(
            "1.yaml:9: orders (state.x): field 'a': the environment variable 'OTHER2' is not in the list of"
                + " DAPR_ENV_KEYS; use another variable");
  }

  @Test
  void secretsThatCannotBeReadAreReportedWithTheCure() {
    resolve(
        Map.of(),
        """
            - {name: a, secretKeyRef: {name: absent}}
            - {name: b, secretKeyRef: {name: down}}
            - {name: c, secretKeyRef: {name: redis, key: pasword}}
            - {name: d, secretKeyRef: {name: redis}}
        """);
    assertThat(problems.all())
        .extracting(Problem::toString)
        .containsExactly(
            "1.yaml:9: orders (state.x): field 'a': secret 'absent' of 'vault' cannot be read: NOT_FOUND:"
                + " no such secret; add the secret or correct the reference",
            "1.yaml:10: orders (state.x): field 'b': secret 'down' of 'vault' cannot be read: UNAVAILABLE:"
                + " connection refused; see that the secret store can be read",
            "1.yaml:11: orders (state.x): field 'c': secret 'redis' of 'vault' has no value 'pasword';"
                + " did you mean 'password'?",
            "1.yaml:12: orders (state.x): field 'd': secret 'redis' of 'vault' has no value 'redis';"
                + " there are: password, user");
  }

  @Test
  void aReferenceWithoutASecretStoreIsReported() {
    Reading reading =
        Reading.of(
            Reading.component("orders", "state.x", "    - {name: a, secretKeyRef: {name: redis}}"));
    new MetadataResolver("shop", new Environment(Map.of()), Path.of("data"), problems)
        .resolve(reading.component(), VAULT);
    assertThat(problems.all().get(0))
        .hasToString(
            "1.yaml:9: orders (state.x): field 'a': refers to a secret, but the component names no secret store;"
                + " add 'auth: secretStore: …'");
  }

  private ResolvedMetadata resolve(Map<String, String> variables, String metadata) {
    Reading reading =
        Reading.of(
            Reading.component("orders", "state.x", metadata) + "auth:\n  secretStore: vault\n");
    assertThat(reading.problems()).isEmpty();
    problems = new Problems(false);
    return new MetadataResolver("shop", new Environment(variables), Path.of("data"), problems)
        .resolve(reading.component(), VAULT);
  }
}
