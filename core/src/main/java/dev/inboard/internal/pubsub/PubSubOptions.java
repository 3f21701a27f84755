package dev.inboard.internal.pubsub;

import dev.inboard.spi.Option;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metadata fields that the runtime reads of every publish/subscribe component, whatever its
 * provider.
 */
public final class PubSubOptions {
  static final Option<@Nullable Set<String>> ALLOWED_TOPICS =
      topics("allowedTopics").about("The only topics that any application may use; empty: all");
  static final Option<@Nullable Set<String>> PROTECTED_TOPICS =
      topics("protectedTopics").about("Topics that only applications named in a scope may use");
  static final Option<@Nullable Map<String, Set<String>>> PUBLISHING_SCOPES =
      scopes("publishingScopes")
          .about("Which applications may publish to which topics: app1=t1,t2;app2=");
  static final Option<@Nullable Map<String, Set<String>>> SUBSCRIPTION_SCOPES =
      scopes("subscriptionScopes")
          .about("Which applications may subscribe to which topics: app1=t1,t2;app2=");

  /**
   * The field that tells consumer groups apart; the runtime gives it the app id when the file does
   * not.
   */
  public static final Option<@Nullable String> CONSUMER_ID =
      Option.text("consumerID")
          .about("The consumer group of this application's subscriptions; its app id by default");

  /** All of them, in the order of the reference page. */
  public static final List<Option<?>> OPTIONS =
      List.of(
          CONSUMER_ID, ALLOWED_TOPICS, PROTECTED_TOPICS, PUBLISHING_SCOPES, SUBSCRIPTION_SCOPES);

  private PubSubOptions() {}

  private static Option<@Nullable Set<String>> topics(String name) {
    return Option.of(name, Option.Kind.LIST, text -> split(withoutBlanks(text)));
  }

  private static Option<@Nullable Map<String, Set<String>>> scopes(String name) {
    return Option.of(name, Option.Kind.TEXT, PubSubOptions::parseScopes);
  }

  private static Map<String, Set<String>> parseScopes(String text) {
    Map<String, Set<String>> scopes = new LinkedHashMap<>();
    for (String scope : withoutBlanks(text).split(";")) {
      if (scope.isEmpty()) {
        continue;
      }
      int equals = scope.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "is no list of scopes; write it like app1=topic1,topic2;app2=");
      }
      scopes.put(scope.substring(0, equals), split(scope.substring(equals + 1)));
    }
    return scopes;
  }

  private static Set<String> split(String topics) {
    Set<String> names = new LinkedHashSet<>(List.of(topics.split(",")));
    names.remove("");
    return names;
  }

  private static String withoutBlanks(String text) {
    return text.replace(" ", "");
  }
}
