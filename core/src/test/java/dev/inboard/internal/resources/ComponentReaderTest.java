package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComponentReaderTest {
  private static final String WHOLE =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: orders
        namespace: shops
        labels: {team: tea}
      spec:
        type: state.redis
        version: V2
        initTimeout: 1m30s
        ignoreErrors: true
        metadata:
          - name: redisHost
            value: localhost:6379
          - name: redisPassword
            secretKeyRef:
              name: redis
              key: password
          - name: redisUsername
            secretKeyRef: {name: user}
          - name: redisDB
            envRef: REDIS_DB
          - name: db
            value: {a: 1}
      auth:
        secretStore: vault
      scopes:
        - shop
        - cart
      """;

  @Test
  void everyFieldIsRead() {
    Reading reading = Reading.of(WHOLE);
    ComponentResource component = reading.component();
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    assertThat(component.label()).isEqualTo("orders (state.redis)");
    assertThat(component.version()).isEqualTo("v2");
    assertThat(component.namespace()).isEqualTo("shops");
    assertThat(component.initTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(component.ignoreErrors()).isTrue();
    assertThat(component.secretStore()).isEqualTo("vault");
    assertThat(component.scopes()).containsExactly("shop", "cart");
    assertThat(component.origin()).hasToString("1.yaml:1");
    assertThat(component.metadata())
        .containsExactly(
            new MetadataItem.Literal("redisHost", "localhost:6379", new Origin("1.yaml", 13)),
            new MetadataItem.SecretRef(
                "redisPassword", "redis", "password", new Origin("1.yaml", 15)),
            new MetadataItem.SecretRef("redisUsername", "user", null, new Origin("1.yaml", 19)),
            new MetadataItem.EnvRef("redisDB", "REDIS_DB", new Origin("1.yaml", 21)),
            new MetadataItem.Literal("db", "{\"a\":1}", new Origin("1.yaml", 23)));
  }

  @Test
  void fieldNamesMayBeWrittenInAnyCase() {
    ComponentResource whole = Reading.of(WHOLE).component();
    for (long seed = 0; seed < 50; seed++) {
      assertThat(Reading.of(mixed(new Invented(seed))).component())
          .as("seed %d", seed)
          .isEqualTo(whole);
    }
  }

  private static String mixed(Invented invented) {
    StringBuilder mixed = new StringBuilder();
    for (String line : WHOLE.split("\n")) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon);
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        mixed.append(invented.bool() ? Character.toUpperCase(c) : Character.toLowerCase(c));
      }
      mixed.append(line.substring(name.length())).append('\n');
    }
    return mixed.toString();
  }

  @Test
  void whatIsLeftOutHasDaprsDefaults() {
    ComponentResource component =
        Reading.of(
                """
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata:
                  name: orders
                spec:
                  type: state.in-memory
                """)
            .component();
    assertThat(component.version()).isEqualTo("v1");
    assertThat(component.initTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(component.ignoreErrors()).isFalse();
    assertThat(component.metadata()).isEmpty();
    assertThat(component.scopes()).isEmpty();
    assertThat(component.namespace()).isNull();
    assertThat(component.secretStore()).isNull();
  }

  @ParameterizedTest(name = "version ''{0}'' is {1}")
  @CsvSource({"'',v1", "v0,v1", "v1,v1", "V1,v1", "V2,v2"})
  void versionsAreLowerCasedAndTheFirstIsTheDefault(String written, String version) {
    String text =
        Reading.component("a", "state.x", "").replace("version: v1", "version: " + written);
    assertThat(Reading.of(text).component().version()).isEqualTo(version);
  }

  @ParameterizedTest(name = "initTimeout {0} is {1}")
  @CsvSource({"'',PT5S", "0s,PT5S", "0,PT5S", "250ms,PT0.25S", "1h,PT1H", "7,PT7S"})
  void initTimeoutIsADurationOfGo(String written, Duration timeout) {
    String text =
        Reading.component("a", "state.x", "").replace("version: v1", "initTimeout: " + written);
    assertThat(Reading.of(text).component().initTimeout()).isEqualTo(timeout);
  }

  @Test
  void aVariableStandsInForAnEmptyValueAndASecretReplacesAnyValue() {
    Reading reading =
        Reading.of(
            Reading.component(
                "orders",
                "state.x",
                """
                    - {name: a, value: "", envRef: A}
                    - {name: b, value: "b", envRef: B}
                    - {name: c, value: "c", secretKeyRef: {name: c}}
                    - {name: d, envRef: D, secretKeyRef: {name: d}}
                """));
    assertThat(reading.component().metadata())
        .extracting(item -> item.getClass().getSimpleName())
        .containsExactly("EnvRef", "Literal", "SecretRef", "EnvRef");
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings())
        .containsExactly(
            "1.yaml:11: orders (state.x): field 'c' has both a value and a secretKeyRef;"
                + " remove the value; it is not used");
  }

  @Test
  void noValueIsShown() {
    Reading reading = Reading.ofValue("hunter2");
    assertThat(reading.component().toString()).doesNotContain("hunter2").contains("field");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "a/b", "50%", "a||b"})
  void unusableNamesAreRefused(String name) {
    assertThat(Reading.of(Reading.component("'" + name + "'", "state.x", "")).problems())
        .containsExactly(
            "1.yaml:4: the document: metadata.name '"
                + name
                + "' is no usable name; use no '/', '%' or '||', and more than dots");
  }

  @Test
  void everythingThatIsMissingIsReported() {
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Component
                    metadata: {}
                    spec:
                      metadata:
                        - value: x
                        - name: a
                          secretKeyRef: {}
                    """)
                .problems())
        .containsExactly(
            "1.yaml:3: the document: metadata.name is missing; give the component the name that the application asks"
                + " for",
            "1.yaml:4: : spec.type is missing; add it, such as 'type: state.redis'",
            "1.yaml:6: : spec.metadata[].name is missing; write '- name: …' and 'value: …'",
            "1.yaml:8: : spec.metadata[].secretKeyRef names no secret; add 'name: …' below it");
  }

  @Test
  void wrongShapesAreReportedWithTheRightOne() {
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Component
                    metadata:
                      name: orders
                    spec:
                      type: redis
                      initTimeout: soon
                      ignoreErrors: "true"
                      metadata:
                        redisHost: localhost
                    auth: vault
                    scopes: shop
                    """)
                .problems())
        .containsExactly(
            "1.yaml:12: the document: scopes is no list; begin each entry with '- '",
            "1.yaml:11: orders (redis): auth is no mapping; write 'name: value' lines",
            "1.yaml:6: orders (redis): spec.type 'redis' is no type; write a kind and a product, such as 'state.redis'",
            "1.yaml:9: orders (redis): spec.metadata is no list; begin each entry with '- '",
            "1.yaml:7: orders (redis): spec.initTimeout 'soon' is no duration; write it like 500ms, 5s or 1h30m",
            "1.yaml:8: orders (redis): spec.ignoreErrors is neither true nor false;"
                + " write one of them, without quotes");
  }

  @Test
  void fieldsThatDifferOnlyInCaseAreReported() {
    assertThat(
            Reading.of(
                    Reading.component(
                        "orders",
                        "state.x",
                        "    - {name: host, value: a}\n    - {name: HOST, value: b}"))
                .problems())
        .containsExactly(
            "1.yaml:10: orders (state.x): field 'HOST' is given twice (also in line 9); keep one of them");
  }

  @Test
  void aFieldGivenTwiceInADocumentIsReported() {
    String text =
        Reading.component("orders", "state.x", "").replace("version: v1", "Type: state.y");
    assertThat(Reading.of(text).problems())
        .contains(
            "1.yaml:7: orders (state.y): spec.Type is given twice (also in line 6); keep one of them");
  }

  @Test
  void aMisspeltFieldIsAWarningAndAProblemWhenStrict() {
    String text =
        Reading.component("orders", "state.x", "").replace("version: v1", "initTimeuot: 3s")
            + "scope: [a]\n";
    String[] said = {
      "1.yaml:10: orders (state.x): unknown field 'scope'; did you mean 'scopes'?",
      "1.yaml:7: orders (state.x): unknown field 'spec.initTimeuot'; did you mean 'initTimeout'?"
    };
    assertThat(Reading.of(text).problems()).isEmpty();
    assertThat(Reading.of(text).warnings()).containsExactly(said);
    assertThat(Reading.strictly(text).problems()).containsExactly(said);
    assertThat(Reading.strictly(text).warnings()).isEmpty();
  }

  @Test
  void lookUpOfItemsIgnoresCase() {
    ComponentResource component = Reading.ofValue("x").component();
    assertThat(component.item("FIELD".toLowerCase(Locale.ROOT))).isNotNull();
    assertThat(component.item("FIELD")).isSameAs(component.item("field"));
    assertThat(component.item("other")).isNull();
  }

  @Test
  void namespaceCountsOnlyWhenBothSidesHaveOne() {
    assertThat(Reading.of(WHOLE).resources.components()).hasSize(1);
    assertThat(Reading.in(Map.of("NAMESPACE", "shops"), WHOLE).resources.components()).hasSize(1);
    assertThat(Reading.in(Map.of("NAMESPACE", ""), WHOLE).resources.components()).hasSize(1);
    Reading elsewhere = Reading.in(Map.of("NAMESPACE", "cafes"), WHOLE);
    assertThat(elsewhere.resources.components()).isEmpty();
    assertThat(elsewhere.resources.excluded())
        .containsExactly(
            new Resources.Excluded(
                "orders",
                "state.redis",
                "is in namespace 'shops', the application in 'cafes'",
                new Origin("1.yaml", 1)));
  }
}
