package dev.inboard.internal.resources;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Subscription} document, v1alpha1 or v2alpha1.
 *
 * @param rules tried in order; the path of a rule, read without its leading slash, is the name of
 *     the handler
 * @param defaultPath the handler of messages that match no rule, read without its leading slash, or
 *     null
 * @param scopes the app ids it is for; empty: all
 */
public record SubscriptionResource(
    String name,
    String pubsubName,
    String topic,
    List<Rule> rules,
    @Nullable String defaultPath,
    Map<String, String> metadata,
    @Nullable String deadLetterTopic,
    @Nullable Bulk bulk,
    List<String> scopes,
    Origin origin) {

  /**
   * A routing rule.
   *
   * @param condition in CEL; empty: always matches
   * @param path the name of the handler
   */
  public record Rule(String condition, String path, Origin origin) {}

  /** Settings of {@code bulkSubscribe} when it is enabled. */
  public record Bulk(int maxMessages, Duration maxAwait) {}
}
