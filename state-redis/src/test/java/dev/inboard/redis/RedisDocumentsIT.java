package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static dev.inboard.redis.TestComponents.put;
import static dev.inboard.redis.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import dev.inboard.test.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sidecar writes as JSON, on a server with the JSON module, is an entry as any other. */
class RedisDocumentsIT extends RedisEntries {
  @RegisterExtension static final RedisServer redis = RedisServer.withJson();

  @Override
  RedisServer server() {
    return redis;
  }

  /** Writes as a sidecar does when its caller says that the value is JSON. */
  private void sidecarWrites(String json, long version) {
    redis.command("JSON.SET " + key + " $ '{\"data\":" + json + ",\"version\":" + version + "}'");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{\"a\":[1,{\"b\":null}],\"ü\":\"ß\"}",
        "[]",
        "\"tea\"",
        "17",
        "1.5",
        "true",
        "null"
      })
  @DisplayName("a document is read as its JSON text, with its version as ETag")
  void documentIsRead(String json) {
    sidecarWrites(json, 3);
    StoredValue read = await(store.get(key));
    assertThat(new String(read.value(), UTF_8)).isEqualTo(json);
    assertThat(read.etag()).isEqualTo("3");
  }

  @Test
  @DisplayName("a document is overwritten with its ETag, and with no other")
  void documentIsOverwritten() {
    sidecarWrites("1", 3);
    StateOperation.Set set = StateOperation.Set.of(key, new byte[0]);
    assertThat(failure(() -> store.set(set.ifMatch("2")))).isEqualTo(ErrorCode.ETAG_MISMATCH);
    assertThat(failure(() -> store.set(set.with(Concurrency.FIRST_WRITE))))
        .isEqualTo(ErrorCode.ETAG_MISMATCH);
    String etag = await(store.set(StateOperation.Set.of(key, "2".getBytes(UTF_8)).ifMatch("3")));
    assertThat(etag).isNotEqualTo("3");
    assertThat(text(store, key)).isEqualTo("2");
    assertThat(redis.command("TYPE " + key)).isEqualTo("hash");
  }

  @Test
  @DisplayName("a document is deleted with its ETag, and with no other")
  void documentIsDeleted() {
    sidecarWrites("1", 3);
    assertThat(failure(() -> store.delete(StateOperation.Delete.of(key).ifMatch("2"))))
        .isEqualTo(ErrorCode.ETAG_MISMATCH);
    await(store.delete(StateOperation.Delete.of(key).ifMatch("3")));
    assertThat(await(store.get(key))).isNull();
  }

  @Test
  @DisplayName("documents stand among others in bulk reads, transactions and listings")
  void documentsAmongOthers() {
    sidecarWrites("1", 3);
    String other = key + "-other";
    put(store, other, "tea");
    List<BulkStateStoreDriver.Item> read =
        await(((BulkStateStoreDriver) store).getBulk(List.of(other, key, key + "-absent")));
    assertThat(read).extracting(BulkStateStoreDriver.Item::failure).containsOnlyNulls();
    assertThat(read.get(1).value().value()).asString(UTF_8).isEqualTo("1");
    assertThat(read.get(2).value()).isNull();
    assertThat(await(((KeyListingStateStoreDriver) store).listKeys(key, 100, null)).keys())
        .containsExactlyInAnyOrder(key, other);
    await(
        ((TransactionalStateStoreDriver) store)
            .transact(
                List.of(
                    StateOperation.Set.of(key, "2".getBytes(UTF_8)).ifMatch("3"),
                    StateOperation.Delete.of(other))));
    assertThat(text(store, key)).isEqualTo("2");
  }

  @Test
  @DisplayName(
      "a document that is no entry, and a key of another type, are errors that leave it alone")
  void othersAreRefused() {
    redis.command("JSON.SET " + key + " $ '{\"x\":1}'", "RPUSH " + key + "-list a");
    assertThat(failure(() -> store.get(key))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure(() -> store.get(key + "-list"))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(redis.command("JSON.GET " + key)).isEqualTo("{\"x\":1}");
  }
}
