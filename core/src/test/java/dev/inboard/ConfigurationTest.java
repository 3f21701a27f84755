package dev.inboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.configuration.ConfigurationItem;
import dev.inboard.configuration.ConfigurationStore;
import dev.inboard.configuration.ConfigurationSubscription;
import dev.inboard.configuration.ConfigurationUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration reached from {@link Inboard}, over the local providers. */
class ConfigurationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Inboard inboard;
  private ConfigurationStore settings;

  @BeforeEach
  void start() throws IOException {
    Path file = Files.writeString(folder.resolve("fixed.properties"), "orders.limit=10||v1\n");
    Files.writeString(
        Files.createDirectories(folder.resolve("resources")).resolve("settings.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: settings}
        spec:
          type: configuration.in-memory
          version: v1
          metadata:
          - name: items
            value: {orders: {limit: "10||v1", currency: EUR}}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: fixed}
        spec:
          type: configuration.file
          version: v1
          metadata:
          - name: configurationFile
            value: '%s'
        """
            .formatted(file));
    inboard =
        Inboard.builder()
            .appId("shop")
            .resources(folder.resolve("resources"))
            .drainTimeout(Duration.ofSeconds(60))
            .start();
    settings = inboard.configuration("settings");
  }

  @AfterEach
  void close() {
    inboard.close();
  }

  private static ConfigurationItem item(String key, String value, String version) {
    return new ConfigurationItem(key, value, version, Map.of());
  }

  private static void assertCode(ErrorCode code, ThrowingCallable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
  }

  @Test
  void itemsAreReadByKeyAndAllTogether() {
    ConfigurationItem limit = item("orders.limit", "10", "v1");
    assertThat(settings.get("orders.limit")).contains(limit);
    assertThat(settings.get("none")).isEmpty();
    assertThat(settings.get(List.of("orders.limit", "none")))
        .isEqualTo(Map.of("orders.limit", limit));
    assertThat(settings.get(List.of())).as("no key is not every key").isEmpty();
    assertThat(settings.getAll()).containsOnlyKeys("orders.limit", "orders.currency");
    assertThat(settings.async().getAll().join()).isEqualTo(settings.getAll());
    assertThat(inboard.configuration("fixed").getAll()).isEqualTo(Map.of("orders.limit", limit));
  }

  @Test
  void handlersHearOfWhatDiffersOnly() throws Exception {
    BlockingQueue<ConfigurationUpdate> updates = new LinkedBlockingQueue<>();
    try (ConfigurationSubscription subscription =
        settings.subscribe(List.of("orders.limit", "new"), updates::add)) {
      assertThat(subscription.items()).containsOnlyKeys("orders.limit");
      settings.set("orders.limit", "10", "v1"); // as it was
      settings.set("orders.currency", "USD", ""); // not watched
      settings.set("orders.limit", "20", "v2");
      assertThat(updates.poll(60, TimeUnit.SECONDS))
          .isEqualTo(
              new ConfigurationUpdate(
                  Map.of("orders.limit", item("orders.limit", "20", "v2")), Set.of()));
      settings.delete("orders.limit");
      assertThat(updates.poll(60, TimeUnit.SECONDS))
          .isEqualTo(new ConfigurationUpdate(Map.of(), Set.of("orders.limit")));
      assertThat(subscription.items()).isEmpty();
    }
    settings.set("orders.limit", "30", "v3");
    assertThat(updates).as("after the end").isEmpty();
  }

  @Test
  void aSlowHandlerHearsOfTheLatestValueOnly() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    BlockingQueue<ConfigurationUpdate> updates = new LinkedBlockingQueue<>();
    settings.subscribeAll(
        update -> {
          updates.add(update);
          begun.countDown();
          goOn.await();
        });
    settings.set("a", "1", "");
    begun.await();
    for (int n = 2; n <= 1_000; n++) {
      settings.set("a", String.valueOf(n), "");
    }
    settings.set("b", "x", "");
    goOn.countDown();
    assertThat(updates.poll(60, TimeUnit.SECONDS).changed()).containsOnlyKeys("a");
    assertThat(updates.poll(60, TimeUnit.SECONDS).changed())
        .isEqualTo(Map.of("a", item("a", "1000", ""), "b", item("b", "x", "")));
    assertThat(updates).isEmpty();
  }

  @Test
  void aFailedHandlerIsToldAgainOfWhatIsTrueByThen() {
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<ConfigurationUpdate> last = new AtomicReference<>();
    settings.subscribeAll(
        update -> {
          if (calls.incrementAndGet() == 1) {
            settings.set("a", "2", "");
            throw new IOException("not now");
          }
          last.set(update);
        });
    settings.set("a", "1", "");
    await().atMost(LIMIT).until(() -> last.get() != null);
    assertThat(last.get().changed()).isEqualTo(Map.of("a", item("a", "2", "")));
    assertThat(calls).hasValue(2);
  }

  @Test
  void closingWaitsForTheHandlerUnlessTheHandlerCloses() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    AtomicReference<ConfigurationSubscription> own = new AtomicReference<>();
    ConfigurationSubscription subscription =
        settings.subscribeAll(
            update -> {
              begun.countDown();
              await().atMost(LIMIT).until(() -> own.get() != null);
              own.get().close();
              ended.incrementAndGet();
            });
    settings.set("a", "1", "");
    begun.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(subscription::close);
    own.set(subscription);
    closing.get(60, TimeUnit.SECONDS);
    assertThat(ended).hasValue(1);
  }

  @Test
  void closingTheRuntimeEndsSubscriptionsAndWaitsForTheirHandlers() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    settings.subscribeAll(
        update -> {
          begun.countDown();
          goOn.await();
          ended.incrementAndGet();
        });
    settings.set("a", "1", "");
    begun.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(inboard::close);
    await().atMost(LIMIT).until(this::isClosing);
    goOn.countDown();
    closing.get(60, TimeUnit.SECONDS);
    assertThat(ended).hasValue(1);
  }

  private boolean isClosing() {
    try {
      inboard.configuration("settings");
      return false;
    } catch (InboardException e) {
      return e.code() == ErrorCode.CANCELLED;
    }
  }

  @Test
  void mistakesAreRefused() {
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.get(""));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.get(List.of("a", "")));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.subscribe(List.of(), update -> {}));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.set("a", "", ""));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.set("a", "x||y", ""));
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> settings.set("a", "x", "||"));
    assertCode(ErrorCode.NOT_FOUND, () -> inboard.configuration("other"));
    ConfigurationStore fixed = inboard.configuration("fixed");
    assertCode(ErrorCode.UNSUPPORTED, () -> fixed.set("a", "x", ""));
    assertCode(ErrorCode.UNSUPPORTED, () -> fixed.delete("a"));
    assertThat(
            catchThrowableOfType(
                CompletionException.class,
                () -> settings.async().subscribe(List.of(), update -> {}).join()))
        .hasCauseInstanceOf(InboardException.class);
  }
}
