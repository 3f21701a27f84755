package dev.inboard.internal.resiliency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.resiliency.PolicyLookup.Direction;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLookupTest {
  private static ResiliencyResource defaults(String... names) {
    StringBuilder timeouts = new StringBuilder("timeouts:\n");
    for (int i = 0; i < names.length; i++) {
      timeouts.append("  ").append(names[i]).append(": ").append(i + 1).append("s\n");
    }
    return Rig.read(timeouts.toString(), "components: {named: {outbound: {}}}");
  }

  private static long seconds(ResiliencyResource resource, String category, Direction direction) {
    Duration timeout = new PolicyLookup(resource).find(category, "orders", direction).timeout();
    return timeout == null ? 0 : timeout.toSeconds();
  }

  @Test
  @DisplayName("the most particular default counts")
  void mostParticularDefaultCounts() {
    ResiliencyResource resource =
        defaults(
            "DefaultTimeoutPolicy",
            "DefaultComponentTimeoutPolicy",
            "DefaultComponentOutboundTimeoutPolicy",
            "DefaultStatestoreComponentOutboundTimeoutPolicy");
    assertThat(seconds(resource, "state", Direction.OUTBOUND)).isEqualTo(4);
    assertThat(seconds(resource, "pubsub", Direction.OUTBOUND)).isEqualTo(3);
    assertThat(seconds(resource, "pubsub", Direction.INBOUND)).isEqualTo(2);
    assertThat(seconds(defaults("DefaultTimeoutPolicy"), "bindings", Direction.INBOUND))
        .isEqualTo(1);
  }

  @Test
  @DisplayName("a target takes its component out of all defaults, in both directions")
  void targetsTurnDefaultsOff() {
    PolicyLookup lookup = new PolicyLookup(defaults("DefaultTimeoutPolicy"));
    assertThat(lookup.find("state", "named", Direction.INBOUND).isNone()).isTrue();
    assertThat(lookup.find("state", "named", Direction.OUTBOUND).isNone()).isTrue();
    assertThat(lookup.find("state", "other", Direction.INBOUND).isNone()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"-1, 3", "1, 3", "4, 4"})
  @DisplayName("a built-in policy can be redefined, but not with fewer than three retries")
  void builtInsKeepThreeRetries(int given, int retries) {
    ResiliencyResource resource =
        Rig.read(
            "retries: {DaprBuiltInServiceRetries: {duration: 7s, maxRetries: " + given + "}}",
            "components: {orders: {outbound: {retry: DaprBuiltInServiceRetries}}}");
    RetryRule rule = retry(resource);
    assertThat(rule.pauses().maxRetries()).isEqualTo(retries);
    assertThat(rule.pauses().firstDelay()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void builtInPoliciesNeedNoDefinition() {
    RetryRule rule =
        retry(
            Rig.read("{}", "components: {orders: {outbound: {retry: DaprBuiltInServiceRetries}}}"));
    assertThat(rule.pauses().maxRetries()).isEqualTo(3);
    assertThat(rule.pauses().delayAfter(3)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  @DisplayName("exponential growth ends after 15 minutes, as it does beside a sidecar")
  void growthEnds() {
    String target = "components: {orders: {outbound: {retry: r}}}";
    assertThat(retry(Rig.read("retries: {r: {policy: exponential}}", target)).most())
        .isEqualTo(Duration.ofMinutes(15));
    assertThat(
            retry(Rig.read("retries: {r: {policy: exponential, maxElapsedTime: 0}}", target))
                .most())
        .isNull();
    assertThat(retry(Rig.read("retries: {r: {}}", target)).most()).isNull();
  }

  private static RetryRule retry(ResiliencyResource resource) {
    return RetryRule.of(
        Objects.requireNonNull(
            new PolicyLookup(resource).find("state", "orders", Direction.OUTBOUND).retry()));
  }

  @Test
  void namesThatNobodyDefinesAreProblems() {
    Problems problems = new Problems(false);
    ResiliencyResource unused =
        Rig.read(
            "timeouts: {general: 5s}",
            "components: {orders: {outbound: {timeout: genral, hedge: none}}}",
            problems);
    assertThat(problems.all())
        .extracting(Problem::what)
        .containsExactly("timeout 'genral' is not defined", "hedge 'none' is not defined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retries: {r: {duration: 0}}|would try again without a pause and without an end",
        "retries: {r: {policy: exponential, initialInterval: 0, maxElapsedTime: 0}}|would try again"
            + " without a pause and without an end",
        "retries: {r: {duration: 9000h}}|is longer than 30 days",
        "retries: {r: {duration: -1s}}|is negative",
        "retries: {r: {multiplier: 0.5}}|is 0.5",
        "retries: {r: {multiplier: NaN}}|is NaN",
        "retries: {r: {randomizationFactor: 7}}|is 7.0",
        "retries: {r: {maxRetries: -2}}|is -2",
        "retries: {r: {maxRetries: 99999999999}}|is no whole number",
        "timeouts: {t: 99999999999h}|is no duration",
        "circuitBreakers: {b: {timeout: 9000h}}|is longer than 30 days",
        "bulkheads: {b: {maxConcurrent: 0}}|is 0",
        "rateLimits: {l: {limit: 5, period: 0}}|is zero",
        "hedges: {h: {delay: 0}}|is zero",
      })
  void absurdValuesAreProblems(String policies, String what) {
    Problems problems = new Problems(false);
    ResiliencyResource unused = Rig.read(policies, "{}", problems);
    assertThat(problems.all()).singleElement().extracting(Problem::what).asString().contains(what);
  }

  @Test
  @DisplayName("a document that contains itself is a problem, not an endless loop")
  void documentsThatContainThemselves() {
    Problems problems = new Problems(false);
    ResiliencyResource unused =
        Rig.read("retries: &loop\n  r: *loop\n  s: {duration: *loop}", "{}", problems);
    assertThat(problems.isEmpty()).isFalse();
  }
}
