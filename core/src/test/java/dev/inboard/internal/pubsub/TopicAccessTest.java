package dev.inboard.internal.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The application is {@code app}. */
class TopicAccessTest {
  private static boolean mayPublish(Map<String, String> metadata, String topic) {
    return allowed(() -> access(metadata).checkPublish(topic));
  }

  private static boolean maySubscribe(Map<String, String> metadata, String topic) {
    return allowed(() -> access(metadata).checkSubscribe(topic));
  }

  private static TopicAccess access(Map<String, String> metadata) {
    return new TopicAccess(ComponentSpec.of("bus", "pubsub.in-memory", metadata));
  }

  private static boolean allowed(Runnable check) {
    try {
      check.run();
      return true;
    } catch (InboardException e) {
      return false;
    }
  }

  @Test
  @DisplayName("without any rule every topic may be used")
  void everythingIsAllowedByDefault() {
    assertThat(mayPublish(Map.of(), "t")).isTrue();
    assertThat(maySubscribe(Map.of(), "t")).isTrue();
    assertThat(mayPublish(Map.of("allowedTopics", ""), "t")).isTrue();
  }

  @Test
  @DisplayName(
      "allowedTopics lists the only topics there are; blanks and the name's case do not matter")
  void allowedTopics() {
    Map<String, String> rules = Map.of("ALLOWEDtopics", " a, b ");
    assertThat(mayPublish(rules, "a")).isTrue();
    assertThat(maySubscribe(rules, "b")).isTrue();
    assertThat(mayPublish(rules, "c")).isFalse();
    assertThat(mayPublish(rules, "A")).isFalse();
  }

  @Test
  @DisplayName(
      "an application that a scope lists has exactly its topics; one it does not list has all")
  void scopes() {
    assertThat(mayPublish(Map.of("publishingScopes", "app=a,b;other=c"), "a")).isTrue();
    assertThat(mayPublish(Map.of("publishingScopes", "app=a,b;other=c"), "c")).isFalse();
    assertThat(mayPublish(Map.of("publishingScopes", "other=c"), "c")).isTrue();
    assertThat(mayPublish(Map.of("publishingScopes", "app="), "a")).isFalse();
    assertThat(mayPublish(Map.of("subscriptionScopes", "app="), "a")).isTrue();
    assertThat(maySubscribe(Map.of("subscriptionScopes", "app = a ; other ="), "a")).isTrue();
    assertThat(maySubscribe(Map.of("subscriptionScopes", "app=a"), "b")).isFalse();
  }

  @Test
  @DisplayName("wildcards mean nothing")
  void wildcardsAreNotInterpreted() {
    assertThat(mayPublish(Map.of("allowedTopics", "*"), "a")).isFalse();
    assertThat(mayPublish(Map.of("publishingScopes", "app=a*"), "ab")).isFalse();
  }

  @Test
  @DisplayName("a protected topic needs a scope that lists it")
  void protectedTopics() {
    assertThat(mayPublish(Map.of("protectedTopics", "p"), "p")).isFalse();
    assertThat(mayPublish(Map.of("protectedTopics", "p"), "a")).isTrue();
    assertThat(mayPublish(Map.of("protectedTopics", "p", "publishingScopes", "app=p"), "p"))
        .isTrue();
    assertThat(maySubscribe(Map.of("protectedTopics", "p", "publishingScopes", "app=p"), "p"))
        .isFalse();
    assertThat(mayPublish(Map.of("protectedTopics", "p", "publishingScopes", "app=a"), "p"))
        .isFalse();
  }

  @Test
  @DisplayName("a scope that allows more than allowedTopics allows nothing more")
  void allowedTopicsBoundScopes() {
    assertThat(mayPublish(Map.of("allowedTopics", "a", "publishingScopes", "app=a,b"), "b"))
        .isFalse();
  }

  @Test
  @DisplayName("a scope that cannot be read is an error, not a door left open")
  void unreadableScopesAreRefused() {
    assertThatThrownBy(() -> access(Map.of("publishingScopes", "app:a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("publishingScopes")
        .hasMessageContaining("app1=topic1");
  }
}
