package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.resources.ResiliencyResource.ActorTarget;
import dev.inboard.internal.resources.ResiliencyResource.BreakerScope;
import dev.inboard.internal.resources.ResiliencyResource.Bulkhead;
import dev.inboard.internal.resources.ResiliencyResource.CodeRange;
import dev.inboard.internal.resources.ResiliencyResource.Growth;
import dev.inboard.internal.resources.ResiliencyResource.Hedge;
import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import dev.inboard.internal.resources.ResiliencyResource.Retry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResiliencyReaderTest {
  @Test
  void everyPolicyAndTargetIsRead() {
    ResiliencyResource resource =
        read(
            """
            timeouts:
              general: 5s
              quick: 250
              none: 0
            retries:
              steady: {policy: constant, duration: 2s, maxRetries: 10}
              growing:
                policy: Exponential
                maxInterval: 15s
                maxRetries: -1
                initialInterval: 100ms
                multiplier: 2
                randomizationFactor: 0.1
                maxElapsedTime: 1h
                matching: {httpStatusCodes: "429,500-599", gRPCStatusCodes: "1-4,14"}
              plain:
            circuitBreakers:
              simple: {maxRequests: 2, interval: 8s, timeout: 45s, trip: consecutiveFailures > 8}
              plain: {}
            bulkheads: {narrow: {maxConcurrent: 4, maxWait: 1s}}
            rateLimits: {slow: {limit: 10, period: 1m}}
            hedges: {fast: {delay: 20ms}}
            """,
            """
            apps:
              cart: {timeout: general, retry: steady, circuitBreaker: simple}
            actors:
              Cart: {timeout: quick, circuitBreaker: simple, circuitBreakerScope: both, circuitBreakerCacheSize: 7}
            components:
              orders:
                outbound: {retry: growing, bulkhead: narrow, rateLimit: slow, hedge: fast}
                inbound: {retry: DaprBuiltInServiceRetries, timeout: none}
            """);
    assertThat(resource.timeouts())
        .containsEntry("general", Duration.ofSeconds(5))
        .containsEntry("quick", Duration.ofMillis(250))
        .containsEntry("none", Duration.ZERO);
    assertThat(resource.retries().get("growing"))
        .isEqualTo(
            new Retry(
                Growth.EXPONENTIAL,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                2,
                0.1,
                Duration.ofSeconds(15),
                Duration.ofHours(1),
                -1,
                List.of(new CodeRange(429, 429), new CodeRange(500, 599)),
                List.of(new CodeRange(1, 4), new CodeRange(14, 14))));
    assertThat(resource.retries().get("plain"))
        .isEqualTo(
            new Retry(
                Growth.CONSTANT,
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                1.5,
                0.5,
                Duration.ofMinutes(1),
                null,
                -1,
                List.of(),
                List.of()));
    assertThat(resource.circuitBreakers().get("simple").trip())
        .isEqualTo("consecutiveFailures > 8");
    assertThat(resource.circuitBreakers().get("plain"))
        .isEqualTo(
            new ResiliencyResource.CircuitBreaker(
                1,
                Duration.ZERO,
                Duration.ofMinutes(1),
                "consecutiveFailures > 5",
                new Origin("1.yaml", 25)));
    assertThat(resource.bulkheads().get("narrow"))
        .isEqualTo(new Bulkhead(4, Duration.ofSeconds(1)));
    assertThat(resource.rateLimits().get("slow"))
        .isEqualTo(new RateLimit(10, Duration.ofMinutes(1), Duration.ZERO));
    assertThat(resource.hedges().get("fast")).isEqualTo(new Hedge(Duration.ofMillis(20), 1));
    assertThat(resource.apps().get("cart").circuitBreakerCacheSize()).isEqualTo(100);
    assertThat(resource.apps().get("cart").policies().retry().name()).isEqualTo("steady");
    ActorTarget cart = resource.actors().get("Cart");
    assertThat(cart.circuitBreakerScope()).isEqualTo(BreakerScope.BOTH);
    assertThat(cart.circuitBreakerCacheSize()).isEqualTo(7);
    assertThat(resource.components().get("orders").outbound().hedge().name()).isEqualTo("fast");
    assertThat(resource.components().get("orders").outbound().timeout()).isNull();
    assertThat(resource.components().get("orders").inbound().timeout().name()).isEqualTo("none");
  }

  @Test
  void undefinedPoliciesAreReportedWithTheNearestOne() {
    Reading reading =
        Reading.of(
            resiliency(
                "retries: {steady: {}}",
                """
                apps: {cart: {timeout: general, retry: staedy}}
                actors: {Cart: {circuitBreaker: simple, circuitBreakerScope: id}}
                components:
                  orders:
                    inbound: {bulkhead: b, rateLimit: r}
                    outbound: {hedge: h, retry: DaprBuiltInActorRetries}
                """));
    assertThat(reading.problems())
        .containsExactly(
            "1.yaml:9: timeout 'general' is not defined; define it below spec.policies.timeouts",
            "1.yaml:9: retry policy 'staedy' is not defined; did you mean 'steady'?",
            "1.yaml:10: circuit breaker 'simple' is not defined; define it below spec.policies.circuitBreakers",
            "1.yaml:13: bulkhead 'b' is not defined; define it below spec.policies.bulkheads",
            "1.yaml:13: rate limit 'r' is not defined; define it below spec.policies.rateLimits",
            "1.yaml:14: hedge 'h' is not defined; define it below spec.policies.hedges");
  }

  @Test
  void documentsAreJoinedAndLaterOnesReplaceWhatHasTheSameName() {
    Reading reading =
        Reading.of(
            resiliency("timeouts: {a: 1s, b: 1s}", "components: {x: {outbound: {timeout: c}}}"),
            resiliency(
                    "timeouts: {b: 2s, c: 3s}", "components: {x: {outbound: {timeout: a}}, z: {}}")
                .replace("name: r", "name: other"));
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.resources.resiliency().timeouts())
        .containsEntry("a", Duration.ofSeconds(1))
        .containsEntry("b", Duration.ofSeconds(2))
        .containsEntry("c", Duration.ofSeconds(3));
    assertThat(reading.resources.resiliency().components().get("x").outbound().timeout().name())
        .isEqualTo("a");
    assertThat(reading.resources.resiliency().components()).containsKey("z");
  }

  @Test
  void aDocumentForOtherApplicationsDefinesNothing() {
    Reading reading = Reading.of(resiliency("timeouts: {a: 1s}", "{}") + "scopes: [cart]\n");
    assertThat(reading.resources.resiliency().isEmpty()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "timeouts: {a: soon}|timeouts.a 'soon' is no duration; write it like 500ms, 5s or 1h30m",
        "timeouts: {a: -1s}|timeouts.a is negative; write a duration such as 500ms, 5s or 1h30m",
        "timeouts: {a: }|timeouts.a is missing; write a duration such as 500ms, 5s or 1h30m",
        "timeouts: [a]|timeouts is no mapping; write 'name: value' lines",
        "retries: {a: {policy: linear}}|retries.a.policy 'linear' is not known; write constant or exponential",
        "retries: {a: {maxRetries: -2}}|retries.a.maxRetries is -2; write a whole number that is at least -1",
        "retries: {a: {maxRetries: many}}|retries.a.maxRetries 'many' is no whole number; write a whole number",
        "retries: {a: {multiplier: 0.5}}|retries.a.multiplier is 0.5; write a number that is at least 1.0",
        "retries: {a: {randomizationFactor: 2}}|retries.a.randomizationFactor is 2.0; write a number from 0 to 1",
        "retries: {a: {matching: {httpStatusCodes: '500, 600'}}}|retries.a.matching.httpStatusCodes has ' 600', which is"
            + " no code or range; write codes from 100 to 599 without blanks, such as '429,500-599'",
        "retries: {a: {matching: {gRPCStatusCodes: 4-2}}}|retries.a.matching.gRPCStatusCodes has '4-2', which is no code"
            + " or range; write codes from 0 to 16 without blanks, such as '4,13-14'",
        "circuitBreakers: {a: {maxRequests: -1}}|circuitBreakers.a.maxRequests is -1; write a whole number that is at"
            + " least 0",
        "bulkheads: {a: {}}|bulkheads.a.maxConcurrent is missing; write how many calls may be under way at one time",
        "rateLimits: {a: {limit: 0}}|rateLimits.a.limit is 0; write a whole number that is at least 1",
        "hedges: {a: {}}|hedges.a.delay is missing; write after which time a read is tried once more",
      })
  void policiesThatMakeNoSenseAreReported(String policy, String said) {
    assertThat(Reading.of(resiliency(policy, "{}")).problems())
        .containsExactly("1.yaml:7: Resiliency 'r': spec.policies." + said);
  }

  @Test
  void aBreakerOfActorsNeedsAScope() {
    String policies = "circuitBreakers: {a: {}}";
    assertThat(Reading.of(resiliency(policies, "actors: {Cart: {circuitBreaker: a}}")).problems())
        .containsExactly(
            "1.yaml:9: Resiliency 'r': spec.targets.actors.Cart.circuitBreakerScope is missing;"
                + " write type, id or both");
    assertThat(
            Reading.of(
                    resiliency(
                        policies, "actors: {Cart: {circuitBreaker: a, circuitBreakerScope: all}}"))
                .problems())
        .containsExactly(
            "1.yaml:9: Resiliency 'r': spec.targets.actors.Cart.circuitBreakerScope 'all' is not known;"
                + " write type, id or both");
  }

  @ParameterizedTest
  @ValueSource(strings = {"timeouts: &a {t: *a}", "retries: &a {r: *a}", "bulkheads: &a {b: *a}"})
  void policiesThatContainThemselvesAreReported(String policies) {
    Reading reading = Reading.of(resiliency(policies, "{}"));
    assertThat(reading.problems().size() + reading.warnings().size()).isPositive();
  }

  @Test
  void aMisspeltFieldIsDoubted() {
    assertThat(Reading.of(resiliency("retries: {a: {maxRetry: 3}}", "{}")).warnings())
        .containsExactly(
            "1.yaml:7: Resiliency 'r': unknown field 'spec.policies.retries.a.maxRetry'; did you mean 'maxRetries'?");
  }

  private static ResiliencyResource read(String policies, String targets) {
    Reading reading = Reading.of(resiliency(policies, targets));
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    return reading.resources.resiliency();
  }

  private static String resiliency(String policies, String targets) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n"
        + policies.strip().indent(4)
        + "  targets:\n"
        + targets.strip().indent(4);
  }
}
