package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.stateStore;
import static dev.inboard.redis.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisServer;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Users, passwords, permissions, and what comes of wrong ones. */
class RedisAccessIT {
  @RegisterExtension
  static final RedisServer redis =
      RedisServer.create(
          "user worker on >first-password ~orders* +@all",
          "user reader on >read-only ~* +@read +@connection +eval +evalsha +hget +time +exists");

  private static StateStoreDriver as(String user, String password) {
    return stateStore(
        "redisHost", redis.address(), "redisUsername", user, "redisPassword", password);
  }

  private static InboardException failureOf(Runnable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call::run);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  @Test
  @DisplayName("a user with a password is let in under the name of the client")
  void userIsLetIn() {
    try (StateStoreDriver store = as("worker", "first-password")) {
      put(store, "orders-1", "tea");
      assertThat(text(store, "orders-1")).isEqualTo("tea");
      assertThat(redis.command("CLIENT LIST")).contains("name=inboard");
    }
  }

  @Test
  @DisplayName("a wrong password is UNAUTHENTICATED at open, and the message does not show it")
  void wrongPasswordIsRefused() {
    InboardException failure = failureOf(() -> as("worker", "wrong-password"));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain("wrong-password");
    }
  }

  @Test
  @DisplayName("what the user may not do is PERMISSION_DENIED, and does not touch the entry")
  void forbiddenIsDenied() {
    try (StateStoreDriver worker = as("worker", "first-password");
        StateStoreDriver reader = as("reader", "read-only")) {
      assertThat(failureOf(() -> put(worker, "secrets-1", "x")).code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
      put(worker, "orders-2", "tea");
      assertThat(text(reader, "orders-2")).isEqualTo("tea");
      assertThat(failureOf(() -> put(reader, "orders-2", "x")).code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(text(reader, "orders-2")).isEqualTo("tea");
    }
  }

  @Test
  @DisplayName("after a rotation the old connection says UNAUTHENTICATED, a new component works")
  void passwordRotates() {
    redis.command("ACL SETUSER rotating on >old-password ~* +@all");
    try (StateStoreDriver before = as("rotating", "old-password")) {
      put(before, "orders-3", "1");
      redis.command("ACL SETUSER rotating >new-password <old-password");
      redis.command("CLIENT KILL USER rotating");
      try (StateStoreDriver after = as("rotating", "new-password")) {
        put(after, "orders-3", "2");
        assertThat(text(after, "orders-3")).isEqualTo("2");
      }
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(failureOf(() -> await(before.get("orders-3"))).code())
                      .isEqualTo(ErrorCode.UNAUTHENTICATED));
      redis.command("ACL SETUSER rotating >old-password");
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(text(before, "orders-3")).isEqualTo("2"));
    }
  }

  @Test
  @DisplayName("a server that is not there is UNAVAILABLE at open")
  void absentServerIsUnavailable() {
    assertThat(failureOf(() -> stateStore("redisHost", "127.0.0.1:1")).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }
}
