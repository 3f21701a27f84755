package dev.inboard.internal.resources;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@code Subscription} document of either version. */
final class SubscriptionReader {
  private static final int BULK_MESSAGES = 100;
  private static final int BULK_AWAIT_MILLIS = 1000;

  private final DocumentHead head;
  private final Fields spec;

  private SubscriptionReader(DocumentHead head, Fields spec) {
    this.head = head;
    this.spec = spec;
  }

  static SubscriptionResource read(DocumentHead head, Fields root) {
    root.expectOnly(Set.of("apiVersion", "kind", "metadata", "spec", "scopes", "status"));
    return new SubscriptionReader(head, root.section("spec")).read();
  }

  private SubscriptionResource read() {
    List<SubscriptionResource.Rule> rules = new ArrayList<>();
    String defaultPath;
    if (head.isSecondVersion()) {
      expectFields("routes");
      Fields routes = spec.section("routes");
      routes.expectOnly(Set.of("rules", "default"));
      routes.sections("rules").forEach(rule -> rules.add(rule(rule)));
      defaultPath = handler(routes.text("default"));
    } else {
      expectFields("route");
      defaultPath = handler(spec.text("route"));
    }
    if (rules.isEmpty() && defaultPath == null) {
      String cure =
          head.isSecondVersion() ? "add 'routes:' with 'default: handler'" : "add 'route: handler'";
      spec.report(spec.origin(), "it names no handler", cure);
    }
    String deadLetterTopic = spec.text("deadLetterTopic");
    return new SubscriptionResource(
        head.name(),
        spec.requiredText("pubsubname", "add the name of a pub/sub component").strip(),
        spec.requiredText("topic", "add the topic to subscribe to").strip(),
        List.copyOf(rules),
        defaultPath,
        Map.copyOf(spec.section("metadata").asTexts()),
        deadLetterTopic == null || deadLetterTopic.isBlank() ? null : deadLetterTopic.strip(),
        bulk(spec.section("bulkSubscribe")),
        head.scopes(),
        head.origin());
  }

  private void expectFields(String route) {
    spec.expectOnly(
        Set.of("pubsubname", "topic", route, "metadata", "deadLetterTopic", "bulkSubscribe"));
  }

  private static SubscriptionResource.Rule rule(Fields rule) {
    rule.expectOnly(Set.of("match", "path"));
    String condition = rule.text("match");
    String path = handler(rule.requiredText("path", "add the name of the handler"));
    return new SubscriptionResource.Rule(
        condition == null ? "" : condition.strip(), path == null ? "" : path, rule.origin());
  }

  private static @Nullable String handler(@Nullable String path) {
    if (path == null || path.isBlank()) {
      return null;
    }
    String name = path.strip();
    return name.startsWith("/") && name.length() > 1 ? name.substring(1) : name;
  }

  private static SubscriptionResource.@Nullable Bulk bulk(Fields bulk) {
    bulk.expectOnly(Set.of("enabled", "maxMessagesCount", "maxAwaitDurationMs"));
    int messages = bulk.integer("maxMessagesCount", 0, BULK_MESSAGES);
    int millis = bulk.integer("maxAwaitDurationMs", 0, BULK_AWAIT_MILLIS);
    if (!bulk.flag("enabled", false)) {
      return null;
    }
    return new SubscriptionResource.Bulk(
        messages == 0 ? BULK_MESSAGES : messages,
        Duration.ofMillis(millis == 0 ? BULK_AWAIT_MILLIS : millis));
  }
}
