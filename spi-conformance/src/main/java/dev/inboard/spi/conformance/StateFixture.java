package dev.inboard.spi.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the state suites ask of the test class, and the few verbs in which they are written. */
interface StateFixture {
  /** The time after which a call is taken for hanging. */
  Duration PATIENCE = Duration.ofSeconds(60);

  StateStoreDriver driver();

  StateStoreDriver open() throws Exception;

  String key(String name);

  Set<Feature> expectedFeatures();

  boolean expectsBulk();

  boolean expectsJoint();

  boolean sharesData();

  boolean mayRepeatKeys();

  Instant now();

  Duration ttlStep();

  void passTime(Duration duration) throws InterruptedException;

  int incrementsPerThread();

  /** Skips the test, saying why, when the store does not have the ability that it is about. */
  default void needs(Feature feature) {
    assumeTrue(expectedFeatures().contains(feature), () -> "the store does not have " + feature);
  }

  default @Nullable StoredValue get(String key) {
    return await(driver().get(key));
  }

  /** Reads an entry that must be there. */
  default StoredValue live(String key) {
    StoredValue stored = get(key);
    assertThat(stored).as("entry under %s", key).isNotNull();
    return stored;
  }

  /** Returns the ETag of an entry that must be there, on a store that has ETags. */
  default String etag(String key) {
    return etagOf(live(key));
  }

  static String etagOf(StoredValue stored) {
    String etag = stored.etag();
    assertThat(etag).as("ETag").isNotNull();
    return etag;
  }

  /** Returns what a bulk read found, which must be something. */
  static StoredValue found(BulkStateStoreDriver.Item item) {
    assertThat(item.failure()).isNull();
    assertThat(item.value()).isNotNull();
    return item.value();
  }

  default String text(String key) {
    return new String(live(key).value(), UTF_8);
  }

  /** Writes a text and returns the ETag. */
  @SuppressWarnings(
      "NullAway") // null only where the store has no ETags, and there no test looks at it
  default String put(String key, String value) {
    return await(driver().set(set(key, value)));
  }

  default void remove(String key) {
    await(driver().delete(StateOperation.Delete.of(key)));
  }

  /** Lists keys, following the tokens from one page to the last, each once; a page may be empty. */
  default List<String> list(String prefix, int limit, @Nullable String token) {
    KeyListingStateStoreDriver listing = (KeyListingStateStoreDriver) driver();
    List<String> keys = new ArrayList<>();
    String next = token;
    int pages = 0;
    do {
      KeyListingStateStoreDriver.Page page = await(listing.listKeys(prefix, limit, next));
      assertThat(page.keys()).as("a page").hasSizeLessThanOrEqualTo(limit);
      keys.addAll(page.keys());
      next = page.token();
      assertThat(++pages).as("pages").isLessThan(100_000);
    } while (next != null);
    return mayRepeatKeys() ? keys.stream().distinct().toList() : keys;
  }

  default void assertAbsent(String key) {
    assertThat(get(key)).as("entry under %s", key).isNull();
  }

  static StateOperation.Set set(String key, String value) {
    return StateOperation.Set.of(key, bytes(value));
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Returns what a stage completes with, or throws what it fails with. */
  static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError("failed with something else than an InboardException", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Returns the failure of a stage that must fail. */
  static InboardException failure(CompletionStage<?> stage) {
    try {
      await(stage);
    } catch (InboardException e) {
      return e;
    }
    throw new AssertionError("succeeded, but should have failed");
  }

  static void assertFails(ErrorCode code, CompletionStage<?> stage) {
    InboardException failure = failure(stage);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
  }

  static void assertMismatch(CompletionStage<?> stage) {
    assertFails(ErrorCode.ETAG_MISMATCH, stage);
  }
}
