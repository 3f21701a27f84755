package dev.inboard.internal.pubsub;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.spi.ComponentSpec;

/** What the broker calls the application's topics: the same, or with the namespace in front. */
final class TopicNames {
  private final String prefix;

  private TopicNames(String prefix) {
    this.prefix = prefix;
  }

  /**
   * A component that mentions {@code {namespace}} in any of its fields has all its topics in the
   * namespace.
   */
  static TopicNames of(ComponentResource resource, ComponentSpec spec) {
    boolean scoped =
        resource.metadata().stream()
            .anyMatch(
                item ->
                    item instanceof MetadataItem.Literal literal
                        && literal.value().contains("{namespace}"));
    return new TopicNames(scoped ? spec.namespace() : "");
  }

  String atBroker(String topic) {
    return prefix.isEmpty() ? topic : prefix + topic;
  }

  /** Takes the first mention of the namespace away again. */
  String inApplication(String topic) {
    int start = prefix.isEmpty() ? -1 : topic.indexOf(prefix);
    return start < 0 ? topic : topic.substring(0, start) + topic.substring(start + prefix.length());
  }
}
