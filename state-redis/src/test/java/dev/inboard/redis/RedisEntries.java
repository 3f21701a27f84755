package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisServer;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Each test has a store of its own and a key that nobody else uses. */
abstract class RedisEntries {
  final String key = getClass().getSimpleName() + "||" + UUID.randomUUID();
  StateStoreDriver store;

  abstract RedisServer server();

  @BeforeEach
  void open() {
    store = TestComponents.stateStore("redisHost", server().address());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Returns why a call fails, which it must. */
  static ErrorCode failure(Supplier<CompletionStage<?>> call) {
    return catchThrowableOfType(InboardException.class, () -> await(call.get())).code();
  }
}
