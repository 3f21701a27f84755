package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubscriptionReaderTest {
  @Test
  void theFirstVersionHasOneRoute() {
    SubscriptionResource subscription =
        read(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata:
              name: incoming
            spec:
              topic: orders
              pubsubname: bus
              route: /checkout/orders
              deadLetterTopic: poison
              metadata:
                rawPayload: true
                isolation: 5
              bulkSubscribe:
                enabled: true
                maxMessagesCount: 20
            scopes: [shop]
            """);
    assertThat(subscription)
        .isEqualTo(
            new SubscriptionResource(
                "incoming",
                "bus",
                "orders",
                List.of(),
                "checkout/orders",
                Map.of("rawPayload", "true", "isolation", "5"),
                "poison",
                new SubscriptionResource.Bulk(20, Duration.ofSeconds(1)),
                List.of("shop"),
                new Origin("1.yaml", 1)));
  }

  @Test
  void theSecondVersionHasRules() {
    SubscriptionResource subscription =
        read(
            """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata:
              name: incoming
            spec:
              topic: orders
              pubsubName: bus
              routes:
                rules:
                  - match: event.type == "tea"
                    path: /tea
                  - path: coffee
                default: /other
              bulkSubscribe:
                maxMessagesCount: 20
            """);
    assertThat(subscription.rules())
        .containsExactly(
            new SubscriptionResource.Rule("event.type == \"tea\"", "tea", new Origin("1.yaml", 10)),
            new SubscriptionResource.Rule("", "coffee", new Origin("1.yaml", 12)));
    assertThat(subscription.defaultPath()).isEqualTo("other");
    assertThat(subscription.bulk()).isNull();
    assertThat(subscription.deadLetterTopic()).isNull();
    assertThat(subscription.scopes()).isEmpty();
  }

  @Test
  void whatIsMissingIsReported() {
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Subscription
                    metadata:
                      name: incoming
                    spec:
                      routes: {default: x}
                    """)
                .problems())
        .containsExactly(
            "1.yaml:5: Subscription 'incoming': it names no handler; add 'route: handler'",
            "1.yaml:5: Subscription 'incoming': spec.pubsubname is missing; add the name of a pub/sub component",
            "1.yaml:5: Subscription 'incoming': spec.topic is missing; add the topic to subscribe to");
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v2alpha1
                    kind: Subscription
                    spec:
                      topic: orders
                      pubsubname: bus
                      routes:
                        rules:
                          - match: "true"
                      bulkSubscribe:
                        enabled: yes
                        maxMessagesCount: -1
                        maxAwaitDurationMs: soon
                    """)
                .problems())
        .containsExactly(
            "1.yaml:8: Subscription '': spec.routes.rules[].path is missing; add the name of the handler",
            "1.yaml:11: Subscription '': spec.bulkSubscribe.maxMessagesCount is -1;"
                + " write a whole number that is at least 0",
            "1.yaml:12: Subscription '': spec.bulkSubscribe.maxAwaitDurationMs 'soon' is no whole number;"
                + " write a whole number");
  }

  @Test
  void aFieldOfTheOtherVersionIsDoubted() {
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v2alpha1
                    kind: Subscription
                    spec: {topic: orders, pubsubname: bus, route: x}
                    """)
                .warnings())
        .containsExactly(
            "1.yaml:3: Subscription '': unknown field 'spec.route'; did you mean 'routes'?");
  }

  private static SubscriptionResource read(String text) {
    Reading reading = Reading.of(text);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    return reading.resources.subscriptions().get(0);
  }
}
