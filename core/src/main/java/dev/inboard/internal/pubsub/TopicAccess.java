package dev.inboard.internal.pubsub;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which topics of a component the application may use, as Dapr decides it. */
final class TopicAccess {
  private final String component;
  private final String appId;
  private final Set<String> allowed;
  private final Set<String> protectedTopics;
  private final @Nullable Set<String> publishing; // null: no scope names the application
  private final @Nullable Set<String> subscribing;

  TopicAccess(ComponentSpec spec) {
    component = spec.label();
    appId = spec.appId();
    allowed = orEmpty(spec.get(PubSubOptions.ALLOWED_TOPICS));
    protectedTopics = orEmpty(spec.get(PubSubOptions.PROTECTED_TOPICS));
    publishing = scope(spec.get(PubSubOptions.PUBLISHING_SCOPES));
    subscribing = scope(spec.get(PubSubOptions.SUBSCRIPTION_SCOPES));
  }

  private static Set<String> orEmpty(@Nullable Set<String> topics) {
    return topics == null ? Set.of() : topics;
  }

  private @Nullable Set<String> scope(@Nullable Map<String, Set<String>> scopes) {
    return scopes == null ? null : scopes.get(appId);
  }

  /** Fails with {@code PERMISSION_DENIED} when the application must not publish to the topic. */
  void checkPublish(String topic) {
    check(topic, publishing, "publish to", "publishingScopes");
  }

  /** Fails with {@code PERMISSION_DENIED} when the application must not subscribe to the topic. */
  void checkSubscribe(String topic) {
    check(topic, subscribing, "subscribe to", "subscriptionScopes");
  }

  private void check(String topic, @Nullable Set<String> scope, String verb, String scopes) {
    String reason = null;
    if (!allowed.isEmpty() && !allowed.contains(topic)) {
      reason = "the topic is not in the component's 'allowedTopics'";
    } else if (scope != null && !scope.contains(topic)) {
      reason = "'" + scopes + "' does not give the topic to the application '" + appId + "'";
    } else if (scope == null && protectedTopics.contains(topic)) {
      reason =
          "the topic is protected; '"
              + scopes
              + "' must give it to the application '"
              + appId
              + "'";
    }
    if (reason != null) {
      throw new InboardException(
          ErrorCode.PERMISSION_DENIED, component, verb + " '" + topic + "'", reason);
    }
  }
}
