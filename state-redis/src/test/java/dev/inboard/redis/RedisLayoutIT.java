package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.stateStore;
import static dev.inboard.redis.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.test.server.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The data lies as a Dapr sidecar lays it, so that both work on the same entries. */
class RedisLayoutIT extends RedisEntries {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();

  @Override
  RedisServer server() {
    return redis;
  }

  /** Writes as a sidecar does: the value, then the next version. */
  private void sidecarWrites(String value) {
    redis.command("HSET " + key + " data " + value, "HINCRBY " + key + " version 1");
  }

  @Test
  @DisplayName("an entry is a hash with data and version, and no field that binds a sidecar")
  void entryIsAHash() {
    String etag = put(store, key, "tea");
    assertThat(redis.command("HGETALL " + key).lines())
        .containsExactlyInAnyOrder("data", "tea", "version", etag);
    await(store.set(StateOperation.Set.of(key, "milk".getBytes(UTF_8)).ifMatch(etag)));
    assertThat(redis.command("HGET " + key + " version"))
        .isEqualTo(String.valueOf(Long.parseLong(etag) + 1));
    assertThat(redis.command("HEXISTS " + key + " first-write")).isEqualTo("0");
  }

  @Test
  @DisplayName("a sidecar's entry is read with its ETag, and written with it")
  void sidecarsEntryIsRead() {
    sidecarWrites("tea");
    StoredValue read = await(store.get(key));
    assertThat(read.etag()).isEqualTo("1");
    assertThat(text(store, key)).isEqualTo("tea");
    assertThat(await(store.set(StateOperation.Set.of(key, new byte[0]).ifMatch("1"))))
        .isEqualTo("2");
  }

  @Test
  @DisplayName("a sidecar's write voids the end that was noted for the version before")
  void sidecarsWriteVoidsTheEnd() {
    await(
        store.set(
            StateOperation.Set.of(key, "tea".getBytes(UTF_8)).expiringAfter(Duration.ofHours(1))));
    assertThat(await(store.get(key)).expiresAt()).isNotNull();
    sidecarWrites("milk");
    assertThat(await(store.get(key)).expiresAt()).isNull();
  }

  @Test
  @DisplayName("the plain text of an early Dapr is read without an ETag, and can be overwritten")
  void plainTextIsRead() {
    redis.command("SET " + key + " tea");
    assertThat(text(store, key)).isEqualTo("tea");
    assertThat(await(store.get(key)).etag()).isNull();
    assertThat(failure(() -> store.set(StateOperation.Set.of(key, new byte[0]).ifMatch("1"))))
        .isEqualTo(ErrorCode.ETAG_MISMATCH);
    put(store, key, "milk");
    assertThat(text(store, key)).isEqualTo("milk");
  }

  @Test
  @DisplayName("a key of another type is an error that leaves it alone")
  void otherTypesAreRefused() {
    redis.command("RPUSH " + key + " a");
    assertThat(failure(() -> store.get(key))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(redis.command("LLEN " + key)).isEqualTo("1");
  }

  @Test
  @DisplayName("an ETag never comes back: a new entry does not begin where the deleted one began")
  void etagsDoNotComeBack() {
    String first = put(store, key, "1");
    await(store.delete(StateOperation.Delete.of(key)));
    assertThat(Long.parseLong(put(store, key, "2"))).isGreaterThan(Long.parseLong(first));
  }

  @Test
  @DisplayName("the component's time to live holds for entries written without one")
  void defaultTimeToLive() {
    try (StateStoreDriver mortal =
        stateStore("redisHost", redis.address(), "ttlInSeconds", "3600")) {
      put(mortal, key, "tea");
      assertThat(Long.parseLong(redis.command("TTL " + key))).isBetween(3_500L, 3_600L);
    }
    put(store, key, "tea");
    assertThat(redis.command("TTL " + key)).isEqualTo("-1");
  }
}
