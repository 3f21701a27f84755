package dev.inboard.internal.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.SubscriptionResource;
import dev.inboard.internal.resources.SubscriptionResource.Bulk;
import dev.inboard.internal.resources.SubscriptionResource.Rule;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SubscriptionPlannerTest {
  private static final Origin FILE = new Origin("subs.yaml", 7);

  private final EventHandler<String> orders =
      EventHandler.of(String.class, event -> Outcome.SUCCESS);
  private final EventHandler<String> cancelled =
      EventHandler.of(String.class, event -> Outcome.SUCCESS);
  private final EventHandler<String> bulk =
      EventHandler.bulk(String.class, events -> BulkOutcome.of(Outcome.SUCCESS));
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> doubts = new ArrayList<>();

  private SubscriptionPlanner planner(boolean expressions) {
    return new SubscriptionPlanner(
        Map.of("orders", orders, "cancelled", cancelled, "bulk", bulk),
        List.of("bus", "archive"),
        expressions ? new LittleExpressions() : null,
        problems::add,
        doubts::add);
  }

  private static SubscriptionResource resource(
      String pubsub, List<Rule> rules, @Nullable String path, Map<String, String> metadata) {
    return new SubscriptionResource(
        "sub", pubsub, "orders", rules, path, metadata, null, null, List.of(), FILE);
  }

  private static SubscriptionResource resource(String path) {
    return resource("bus", List.of(), path, Map.of());
  }

  private static SubscriptionResource withMetadata(Map<String, String> metadata) {
    return resource("bus", List.of(), "orders", metadata);
  }

  private TopicSubscription only(SubscriptionPlanner planner) {
    assertThat(problems).isEmpty();
    assertThat(planner.plans()).hasSize(1);
    return planner.plans().get(0).subscription();
  }

  @Test
  @DisplayName("a path, with or without its slash, names the handler")
  void pathNamesTheHandler() {
    for (String path : List.of("orders", "/orders")) {
      SubscriptionPlanner planner = planner(false);
      planner.add(resource(path));
      assertThat(only(planner).fallback()).isSameAs(orders);
    }
  }

  @Test
  @DisplayName("routes become rules in their order")
  void routesBecomeRules() {
    SubscriptionPlanner planner = planner(true);
    planner.add(
        resource(
            "bus",
            List.of(new Rule("type=c", "/cancelled", FILE), new Rule("", "orders", FILE)),
            null,
            Map.of()));
    TopicSubscription subscription = only(planner);
    assertThat(subscription.routes())
        .containsExactly(
            new TopicSubscription.Route("type=c", cancelled),
            new TopicSubscription.Route("", orders));
    assertThat(planner.plans().get(0).handlerFor(() -> Map.of("event", Map.of("type", "c"))))
        .isSameAs(cancelled);
    assertThat(planner.plans().get(0).handlerFor(() -> Map.of("event", Map.of("type", "x"))))
        .isSameAs(orders);
  }

  @Test
  @DisplayName("an unknown handler is reported with place, cure and the handlers there are")
  void unknownHandlerIsReported() {
    planner(false).add(resource("oders"));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString())
        .contains("subs.yaml:7")
        .contains("'oders'")
        .contains(".handler(\"oders\"")
        .contains("bulk, cancelled, orders");
  }

  @Test
  @DisplayName("an unknown component is reported with those there are")
  void unknownComponentIsReported() {
    planner(false).add(resource("bsu", List.of(), "orders", Map.of()));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).contains("'bsu'").contains("archive, bus");
  }

  @Test
  @DisplayName("a condition without an engine is reported with the artifact to add")
  void missingEngineIsReported() {
    planner(false)
        .add(resource("bus", List.of(new Rule("type=c", "orders", FILE)), null, Map.of()));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString())
        .contains("type=c")
        .contains("dev.inboard:inboard-expressions-cel");
  }

  @Test
  @DisplayName("a condition that does not compile is reported with the reason")
  void brokenConditionIsReported() {
    planner(true)
        .add(resource("bus", List.of(new Rule("nonsense", "orders", FILE)), null, Map.of()));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).contains("nonsense").contains("expected '='");
  }

  @Test
  @DisplayName(
      "rawPayload, concurrency and handlerTimeout are read from the metadata, which goes on to the driver")
  void metadataIsRead() {
    SubscriptionPlanner planner = planner(false);
    planner.add(
        withMetadata(
            Map.of(
                "rawPayload",
                "TRUE",
                "Concurrency",
                "3",
                "handlerTimeout",
                "1m",
                "queueName",
                "q")));
    TopicSubscription subscription = only(planner);
    assertThat(subscription.raw()).isTrue();
    assertThat(subscription.concurrency()).isEqualTo(3);
    assertThat(subscription.timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(planner.plans().get(0).specFor("orders").metadata()).containsEntry("queueName", "q");
  }

  @Test
  @DisplayName("metadata that makes no sense is reported")
  void nonsenseInMetadataIsReported() {
    for (Map<String, String> metadata :
        List.of(
            Map.of("rawPayload", "yes"),
            Map.of("concurrency", "many"),
            Map.of("concurrency", "-1"),
            Map.of("handlerTimeout", "soon"),
            Map.of("handlerTimeout", "-1s"))) {
      planner(false).add(withMetadata(metadata));
    }
    assertThat(problems)
        .hasSize(5)
        .allSatisfy(problem -> assertThat(problem.toString()).contains("subs.yaml:7"));
  }

  @Test
  @DisplayName(
      "dead letter topic and batch sizes are taken over; batches are asked for in the order of arrival")
  void bulkIsTakenOver() {
    SubscriptionPlanner planner = planner(false);
    planner.add(
        new SubscriptionResource(
            "sub",
            "bus",
            "orders",
            List.of(),
            "bulk",
            Map.of(),
            "dead",
            new Bulk(20, Duration.ofMillis(40)),
            List.of(),
            FILE));
    assertThat(only(planner).deadLetterTopic()).isEqualTo("dead");
    assertThat(only(planner).maxMessages()).isEqualTo(20);
    assertThat(only(planner).maxWait()).isEqualTo(Duration.ofMillis(40));
    assertThat(planner.plans().get(0).specFor("orders").maxInFlight()).isEqualTo(20);
    assertThat(planner.plans().get(0).specFor("orders").order()).isEqualTo(Order.BY_ARRIVAL);
  }

  @Test
  @DisplayName(
      "code has the say over files, and the first file over the second; the others are doubts")
  void codeHasTheSay() {
    SubscriptionPlanner planner = planner(false);
    planner.add("bus", TopicSubscription.to("orders", cancelled));
    planner.add(resource("orders"));
    planner.add(resource("archive", List.of(), "orders", Map.of()));
    planner.add(resource("archive", List.of(), "cancelled", Map.of()));
    assertThat(planner.plans())
        .extracting(SubscriptionPlan::pubsubName)
        .containsExactly("bus", "archive");
    assertThat(planner.plans().get(0).subscription().fallback()).isSameAs(cancelled);
    assertThat(planner.plans().get(1).subscription().fallback()).isSameAs(orders);
    assertThat(problems).isEmpty();
    assertThat(doubts).hasSize(2);
    assertThat(doubts.get(0).toString()).contains("without effect").contains("builder");
  }

  @Test
  @DisplayName("code that subscribes to one topic twice is reported")
  void codeSubscribesOnce() {
    SubscriptionPlanner planner = planner(false);
    planner.add("bus", TopicSubscription.to("orders", cancelled));
    planner.add("bus", TopicSubscription.to("orders", orders));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).what()).contains("twice");
  }
}
