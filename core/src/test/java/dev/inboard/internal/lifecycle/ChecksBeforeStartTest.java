package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users read when a start refuses their files. */
class ChecksBeforeStartTest {
  private final Running running = new Running();

  @AfterEach
  void nothingWasOpened() {
    assertThat(running.provider.diary).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "state.redis|no provider found for this type; add the dependency dev.inboard:inboard-state-redis",
        "State.Redis|no provider found for this type; add the dependency dev.inboard:inboard-state-redis",
        "secretstores.hashicorp.vault|no provider found for this type;"
            + " add the dependency dev.inboard:inboard-secrets-vault",
        "pubsub.kafak|no provider found for this type; did you mean 'pubsub.kafka'?",
        "state.tset|no provider found for this type; did you mean 'state.test'?",
        "bindings.smtp|no provider found for this type;"
            + " there are: bindings.cron, bindings.kafka, bindings.localstorage, bindings.rabbitmq",
        "stat.redis|there is no building block 'stat'; did you mean 'state'?",
        "queue.x|there is no building block 'queue'; there are: state, pubsub, secretstores, bindings, lock, configuration, workflowbackend",
      })
  void unknownTypesAreRefusedWithTheCure(String type, String said) {
    assertProblems(running.with("orders", type), "1.yaml:1: orders (" + type + "): " + said);
  }

  @Test
  void anUnknownVersionIsRefused() {
    assertProblems(
        running.with(
            Running.component("orders", "state.test").replace("spec:", "spec:\n  version: v3")),
        "1.yaml:1: orders (state.test): no provider found for version v3; there are: v1, v2");
  }

  @Test
  void componentsWithoutMeaningHereAreProblemsOnlyWhenStrict() {
    running.strict = true;
    assertProblems(
        running.with("limit", "middleware.http.ratelimit"),
        "1.yaml:1: limit (middleware.http.ratelimit): Inboard has no middleware components; it is skipped");
  }

  @Test
  void twoProvidersForOneTypeAreRefused() {
    running.providers.add(running.provider.new State());
    assertProblems(
        running,
        both("state.proof/v1"),
        both("state.proof/v2"),
        both("state.test/v1"),
        both("state.test/v2"));
  }

  private static String both(String type) {
    String provider = TestProvider.State.class.getName();
    return "class path: both "
        + provider
        + " and "
        + provider
        + " serve "
        + type
        + "; remove the artifact of one of them";
  }

  @Test
  void everyWrongFieldIsReported() {
    assertProblems(
        running
            .with("a", "state.strict", "user: me")
            .with("b", "state.strict")
            .with("c", "state.test", "size: many", "host: x")
            .with("d", "state.test", "capacity: 101")
            .with("e", "state.test", "host: forbidden"),
        "1.yaml:1: a (state.strict): missing required field 'host'; add it",
        "2.yaml:1: b (state.strict): missing required field 'host'; add it",
        "2.yaml:1: b (state.strict): missing required field 'user' (who connects); add it",
        "3.yaml:7: c (state.test): field 'size': 'many' is no whole number; correct the value",
        "4.yaml:7: d (state.test): field 'size': '101' is not between 1 and 100; correct the value",
        "5.yaml:1: e (state.test): the host must not be forbidden; choose another");
  }

  @Test
  void misspeltFieldsAreProblemsWhenStrict() {
    running.strict = true;
    assertProblems(
        running.with("a", "state.test", "hots: x", "consumerID: y", "PASSWORD: z"),
        "1.yaml:7: a (state.test): unknown field 'hots'; did you mean 'host'?",
        "1.yaml:8: a (state.test): unknown field 'consumerID'; it has no effect; remove it");
  }

  @Test
  void aVariableThatDoesNotParseIsNotShown() {
    running.variables.put("SIZE", "hunter2");
    assertProblems(
        running.with("a", "state.test", "{name: size, envRef: SIZE}"),
        "1.yaml:7: a (state.test): field 'size': what the reference gives is no valid integer; correct the value");
  }

  @Test
  void referencesToMissingSecretStoresAreRefused() {
    String reference = "{name: password, secretKeyRef: {name: redis}}";
    assertProblems(
        running
            .with("vault", "secretstores.test")
            .with("bus", "state.test")
            .with(Running.component("hidden", "secretstores.test") + "scopes: [cart]\n")
            .with(Running.component("a", "state.test", reference) + "auth: {secretStore: valut}\n")
            .with(Running.component("b", "state.test", reference) + "auth: {secretStore: bus}\n")
            .with(Running.component("c", "state.test", reference) + "auth: {secretStore: hidden}\n")
            .with(Running.component("d", "state.test", reference))
            .with(
                Running.component("e", "state.test", "host: x") + "auth: {secretStore: nothing}\n"),
        "4.yaml:1: a (state.test): secret store 'valut' does not exist; did you mean 'vault'?",
        "5.yaml:1: b (state.test): 'bus' is no secret store but state.test; name a secret store",
        "6.yaml:1: c (state.test): secret store 'hidden' is for other applications (scopes: cart), not for 'shop';"
            + " change that or name another store",
        "7.yaml:7: d (state.test): field 'password': refers to a secret, but the component names no secret store;"
            + " add 'auth: secretStore: …'");
  }

  @Test
  void secretStoresThatWaitForEachOtherAreRefused() {
    String reference = "{name: token, secretKeyRef: {name: t}}";
    assertProblems(
        running
            .with(
                Running.component("a", "secretstores.test", reference) + "auth: {secretStore: b}\n")
            .with(
                Running.component("b", "secretstores.test", reference)
                    + "auth: {secretStore: a}\n"),
        "1.yaml:1: a (secretstores.test): waits for a secret of 'b', but these stores wait for each other;"
            + " give one of them its secrets by value or envRef",
        "2.yaml:1: b (secretstores.test): waits for a secret of 'a', but these stores wait for each other;"
            + " give one of them its secrets by value or envRef");
  }

  @Test
  void anApplicationNeedsAnId() {
    running.appId = null;
    assertProblems(
        running,
        "builder: the application has no id; call appId(…) or set the environment variable APP_ID");
    running.variables.put("APP_ID", "shop||cart");
    assertProblems(
        running,
        "builder: the app id 'shop||cart' contains '||'; choose another; '||' ends the prefix of keys");
  }

  @Test
  void aResiliencyTargetThatIsNoComponentIsAProblemWhenStrict() {
    running.strict = true;
    assertProblems(
        running
            .with("orders", "state.test")
            .with(
                """
                apiVersion: dapr.io/v1alpha1
                kind: Resiliency
                metadata: {name: r}
                spec:
                  targets:
                    components:
                      ordres: {outbound: {}}
                """),
        "2.yaml:7: the resiliency target 'ordres' is no component; did you mean 'orders'?");
  }

  @Test
  void theProblemsOfAllFilesComeTogether() {
    assertProblems(
        running.with("a: [").with("orders", "state.redis").with("orders", "state.test", "size: 0"),
        "1.yaml:1: is no YAML: expected the node content, but found '<stream end>'; correct the line",
        "3.yaml:1: Component 'orders' is defined twice (also at 2.yaml:1);"
            + " rename or remove one; names are unique over all types",
        "2.yaml:1: orders (state.redis): no provider found for this type;"
            + " add the dependency dev.inboard:inboard-state-redis",
        "3.yaml:7: orders (state.test): field 'size': '0' is not between 1 and 100; correct the value");
  }

  private static void assertProblems(Running running, String... problems) {
    String count = problems.length == 1 ? "1 problem:" : problems.length + " problems:";
    assertThatThrownBy(() -> running.runtime().start())
        .isInstanceOf(InboardException.class)
        .hasMessage(
            "start failed: INVALID_ARGUMENT: "
                + count
                + "\n  "
                + String.join("\n  ", List.of(problems)))
        .extracting(failure -> ((InboardException) failure).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
  }
}
