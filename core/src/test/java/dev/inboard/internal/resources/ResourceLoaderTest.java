package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceLoaderTest {
  private static final String ORDERS = Reading.component("orders", "state.redis", "");
  private static final String BUS = Reading.component("bus", "pubsub.kafka", "");

  @Test
  void allDocumentsOfAllFilesAreReadInOrder() {
    Reading reading =
        Reading.of(
            "# first\n---\n" + ORDERS + "---\n\n---\n" + BUS,
            Reading.component("a", "state.x", ""));
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.resources.components())
        .extracting(ComponentResource::name, component -> component.origin().toString())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("orders", "1.yaml:3"),
            org.assertj.core.groups.Tuple.tuple("bus", "1.yaml:15"),
            org.assertj.core.groups.Tuple.tuple("a", "2.yaml:1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"---", "--- # next", "----------", "...\n---", "---   "})
  void everyLineThatBeginsWithThreeDashesBeginsADocument(String separator) {
    Reading reading = Reading.of(ORDERS + separator + "\n" + BUS);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.resources.components()).hasSize(2);
  }

  @Test
  void linesMayEndAsWindowsEndsThem() {
    Reading reading = Reading.of((ORDERS + "---\n" + BUS).replace("\n", "\r\n"));
    assertThat(reading.resources.components()).hasSize(2);
    assertThat(reading.resources.components().get(1).origin().line()).isEqualTo(11);
  }

  @Test
  void aYamlDirectiveMayStandBeforeADocument() {
    assertThat(Reading.of("%YAML 1.1\n---\n" + ORDERS).component().name()).isEqualTo("orders");
  }

  @Test
  void jsonIsYaml() {
    Reading reading =
        Reading.of(
            "{\"apiVersion\": \"dapr.io/v1alpha1\", \"kind\": \"Component\", \"metadata\": {\"name\": \"orders\"},"
                + " \"spec\": {\"type\": \"state.redis\"}}");
    assertThat(reading.component().label()).isEqualTo("orders (state.redis)");
  }

  @Test
  void aDocumentThatDoesNotParseIsReportedAndTheOthersStillRead() {
    Reading reading =
        Reading.of(
            ORDERS + "---\nkind: Component\n metadata: [\n---\n" + BUS + "---\nvalue: @x\n",
            "a: b\n\tc: d\n",
            "a: *nothing\n",
            "a: b\n---\nc:\n  d: \u0007\n");
    assertThat(reading.resources.components()).hasSize(2);
    assertThat(reading.problems())
        .containsExactly(
            "1.yaml:12: is no YAML: mapping values are not allowed here; correct the line",
            "1.yaml:24: is no YAML: found character '@' that cannot start any token; correct the line",
            "2.yaml:2: is no YAML: found character '\\t(TAB)' that cannot start any token; correct the line",
            "3.yaml:1: is no YAML: found an alias to nothing; quote a text that begins with '*'; correct the line",
            "4.yaml:4: is no YAML: has a control character; escape it in double quotes; correct the line");
  }

  @Test
  void aPasswordInABrokenFileIsNotShown() {
    Reading reading =
        Reading.of(
            "a:\n  password: *hunter2\n", "password: 'hunter2\n", "- hunter2: [\n", "hunter2");
    assertThat(reading.problems()).hasSize(4).noneMatch(problem -> problem.contains("hunter2"));
  }

  @Test
  void aFileThatIsNoMappingIsReported() {
    assertThat(Reading.of("just text").problems())
        .containsExactly(
            "1.yaml:1: the document: the document is no mapping; write 'name: value' lines");
  }

  @ParameterizedTest(name = "apiVersion {0} of a {1}")
  @CsvSource({
    "dapr.io/v1, Component, write 'apiVersion: dapr.io/v1alpha1'",
    "dapr.io/v2alpha1, Component, write 'apiVersion: dapr.io/v1alpha1'",
    "v1alpha1, Configuration, write 'apiVersion: dapr.io/v1alpha1'",
    "dapr.io/v1beta1, Resiliency, write 'apiVersion: dapr.io/v1alpha1'",
    "dapr.io/v3, Subscription, write 'apiVersion: dapr.io/v1alpha1' or 'dapr.io/v2alpha1'",
  })
  void aWrongApiVersionOfAKnownKindIsReported(String apiVersion, String kind, String cure) {
    assertThat(
            Reading.of("apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: a}\n")
                .problems())
        .contains("1.yaml:1: the document: apiVersion '" + apiVersion + "' is not known; " + cure);
  }

  @Test
  void aMissingApiVersionIsReported() {
    assertThat(Reading.of(ORDERS.replace("apiVersion: dapr.io/v1alpha1\n", "")).problems())
        .containsExactly(
            "1.yaml:1: the document: apiVersion is missing; write 'apiVersion: dapr.io/v1alpha1'");
  }

  @ParameterizedTest(name = "kind ''{0}''")
  @CsvSource({
    "Componnet, kind 'Componnet' is not known; did you mean 'Component'?",
    "component, kind 'component' is not known; did you mean 'Component'?",
    "Topic, 'kind ''Topic'' is not known; there are: Component, Configuration, Resiliency, Subscription'",
    "'', 'kind is missing; add ''kind: Component'' (or Configuration, Resiliency, Subscription)'",
  })
  void aKindThatDaprDoesNotHaveIsReported(String kind, String said) {
    assertThat(Reading.of(ORDERS.replace("kind: Component", "kind: " + kind)).problems())
        .containsExactly("1.yaml:2: the document: " + said);
  }

  @Test
  void documentsOfOtherSystemsAreLeftAlone() {
    Reading reading =
        Reading.of(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
            "apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: {name: x}\n",
            "# nothing\n",
            "");
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    assertThat(reading.resources).isEqualTo(Resources.NONE);
  }

  @Test
  void aFileThatIsNoResourceAtAllIsDoubted() {
    assertThat(Reading.of("server:\n  port: 8080\n").warnings())
        .containsExactly(
            "1.yaml:1: the document: is no resource: it has neither apiVersion nor kind; move it elsewhere");
  }

  @Test
  void aNameUsedTwiceIsReportedEvenForAnotherType() {
    Reading reading =
        Reading.of(
            ORDERS,
            BUS,
            Reading.component("orders", "pubsub.redis", ""),
            ORDERS.replace("redis", "x"));
    assertThat(reading.problems())
        .containsExactly(
            "3.yaml:1: Component 'orders' is defined twice (also at 1.yaml:1);"
                + " rename or remove one; names are unique over all types",
            "4.yaml:1: Component 'orders' is defined twice (also at 1.yaml:1);"
                + " rename or remove one; names are unique over all types");
  }

  @Test
  void aComponentAndASubscriptionMayShareAName() {
    assertThat(Reading.of(ORDERS, subscription("orders")).problems()).isEmpty();
    assertThat(Reading.of(subscription("s"), subscription("s")).problems())
        .containsExactly(
            "2.yaml:1: Subscription 's' is defined twice (also at 1.yaml:1);"
                + " rename or remove one; names are unique");
  }

  @Test
  void aNameMayBeUsedAgainForAnotherApplication() {
    String others = ORDERS + "scopes: [cart]\n";
    for (Reading reading : new Reading[] {Reading.of(others, ORDERS), Reading.of(ORDERS, others)}) {
      assertThat(reading.problems()).isEmpty();
      assertThat(reading.resources.components()).hasSize(1);
      assertThat(reading.resources.excluded()).hasSize(1);
    }
  }

  @Test
  void scopesNameTheApplicationsExactly() {
    assertThat(Reading.of(ORDERS + "scopes: [cart, shop]\n").resources.components()).hasSize(1);
    assertThat(Reading.of(ORDERS + "scopes: []\n").resources.components()).hasSize(1);
    assertThat(Reading.of(ORDERS + "scopes: [Shop]\n").resources.components()).isEmpty();
    assertThat(Reading.of(ORDERS + "scopes: [cart]\n").resources.excluded())
        .containsExactly(
            new Resources.Excluded(
                "orders",
                "state.redis",
                "is for other applications (scopes: cart), not for 'shop'",
                new Origin("1.yaml", 1)));
    assertThat(Reading.of(subscription("s") + "scopes: [cart]\n").resources.subscriptions())
        .isEmpty();
  }

  @Test
  void mistakesInDocumentsForOtherApplicationsAreTheirs() {
    assertThat(
            Reading.of(ORDERS.replace("type: state.redis", "initTimeout: x") + "scopes: [cart]\n")
                .problems())
        .isEmpty();
  }

  @Test
  void allProblemsComeTogetherInOneException() {
    Reading reading = Reading.of(ORDERS.replace("v1alpha1", "v1"), "a: [", ORDERS);
    assertThatExceptionOfType(InboardException.class)
        .isThrownBy(reading.problems::throwIfAny)
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .withMessage(
            """
            start failed: INVALID_ARGUMENT: 3 problems:
              1.yaml:1: the document: apiVersion 'dapr.io/v1' is not known; write 'apiVersion: dapr.io/v1alpha1'
              2.yaml:1: is no YAML: expected the node content, but found '<stream end>'; correct the line
              3.yaml:1: Component 'orders' is defined twice (also at 1.yaml:1); rename or remove one; names are unique\
             over all types""");
    Reading.of(ORDERS).problems.throwIfAny();
  }

  @Test
  void onlyConfigurationsHaveTheirVariablesReplaced() {
    Map<String, String> variables = Map.of("STORE", "vault", "EMPTY", "", "ACCESS", "deny");
    String configuration =
        """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: $NAME
        spec:
          secrets:
            scopes:
              - storeName: ${STORE}$EMPTY
                defaultAccess: $ACCESS
                allowedSecrets: ["costs 5$", "$.x"]
        """;
    Reading reading =
        Reading.in(
            variables,
            Reading.component("a", "state.x", "    - {name: b, value: $STORE}"),
            configuration);
    assertThat(reading.value()).isEqualTo("$STORE");
    assertThat(reading.resources.configuration().secretScopes())
        .containsExactly(
            new ConfigurationResource.SecretScope(
                "vault",
                false,
                java.util.List.of("costs 5$", "$.x"),
                java.util.List.of(),
                new Origin("2.yaml", 8)));
    assertThat(reading.warnings())
        .containsExactly(
            "2.yaml:4: the environment variable 'NAME' is not set, so nothing takes its place; set it");
  }

  private static String subscription(String name) {
    return """
        apiVersion: dapr.io/v1alpha1
        kind: Subscription
        metadata: {name: %s}
        spec: {pubsubname: bus, topic: orders, route: /orders}
        """
        .formatted(name);
  }
}
