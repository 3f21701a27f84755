package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.bindings.InputOptions;
import dev.inboard.configuration.ConfigurationStore;
import dev.inboard.configuration.ConfigurationUpdate;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.bindings.BindingProvider;
import dev.inboard.spi.configuration.ConfigurationProvider;
import dev.inboard.state.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Components follow the secrets that they refer to. */
class RotationTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RotatingStates states = new RotatingStates();
  private final Running running = new Running();
  private InboardRuntime runtime;

  @AfterEach
  void end() {
    if (runtime != null) {
      runtime.close();
    }
    states.server.shutdownNow();
  }

  private void start(String... fields) {
    running.providers.add(states);
    running.with("vault", "secretstores.test", "refreshInterval: 20ms");
    String[] all = new String[fields.length + 1];
    System.arraycopy(fields, 0, all, 1, fields.length);
    all[0] = "{name: password, secretKeyRef: {name: db, key: db}}";
    running.with(
        Running.component("orders", "state.rotating", all) + "auth: {secretStore: vault}\n");
    runtime = running.start();
  }

  private void put(String name, String value) {
    running.provider.addSecret("vault", name, value);
  }

  private void awaitOpened(String password) {
    await().atMost(LONG).until(() -> states.opened.contains(password));
  }

  private void awaitRounds(int more) {
    long before = reads();
    await().atMost(LONG).until(() -> reads() >= before + more);
  }

  private long reads() {
    return running.provider.diary.stream().filter(line -> line.startsWith("read vault/")).count();
  }

  @Test
  void noCallFailsWhileThePasswordChangesAgainAndAgain() {
    put("db", "p0");
    start();
    StateStore store = runtime.stateStore("orders");
    AtomicBoolean end = new AtomicBoolean();
    AtomicLong calls = new AtomicLong();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String key = "k" + i;
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                for (long n = 0; !end.get(); n++) {
                  store.save(key, n);
                  assertThat(store.get(key, Long.class).orElseThrow().value()).isEqualTo(n);
                  assertThat(store.async().get(key, Long.class).join().orElseThrow().value())
                      .isEqualTo(n);
                  calls.addAndGet(3);
                }
              },
              task -> new Thread(task).start()));
    }
    for (int i = 1; i <= 5; i++) {
      put("db", "p" + i);
      awaitOpened("p" + i);
      long soFar = calls.get();
      await().atMost(LONG).until(() -> calls.get() > soFar + 100);
    }
    await().atMost(LONG).until(() -> states.closed.size() == 5);
    end.set(true);
    callers.forEach(CompletableFuture::join);
    assertThat(states.opened).containsExactly("p0", "p1", "p2", "p3", "p4", "p5");
    assertThat(states.closed).containsExactly("p0", "p1", "p2", "p3", "p4");
  }

  @Test
  void unchangedSecretOpensNothing() {
    put("db", "p0");
    start();
    put("db", "p0");
    awaitRounds(5);
    assertThat(states.opened).containsExactly("p0");
  }

  @Test
  void passwordThatDoesNotOpenLeavesTheOldComponentInCharge() {
    put("db", "p0");
    start();
    states.refused = "bad";
    put("db", "bad");
    awaitRounds(5);
    StateStore store = runtime.stateStore("orders");
    store.save("k", 1);
    assertThat(states.opened).containsExactly("p0");
    assertThat(states.closed).isEmpty();
    states.refused = null; // the server learns the new password later
    awaitOpened("bad");
    assertThat(store.get("k", Integer.class).orElseThrow().value()).isEqualTo(1);
  }

  @Test
  void secretThatIsGoneLeavesTheComponentAsItIs() {
    put("db", "p0");
    start();
    running.provider.secrets.get("vault").remove("db");
    awaitRounds(5);
    runtime.stateStore("orders").save("k", 1);
    put("db", "p1");
    awaitOpened("p1");
    assertThat(states.opened).containsExactly("p0", "p1");
  }

  @Test
  void encryptionKeyIsTakenUpWithoutOpeningAnything() {
    put("db", "p0");
    put("key", "0123456789abcdef0123456789abcdef");
    start("{name: primaryEncryptionKey, secretKeyRef: {name: key, key: key}}");
    StateStore store = runtime.stateStore("orders");
    store.save("k", "value");
    byte[] first = states.entries.get("shop||k");
    put("key", "ffffffffffffffffffffffffffffffff");
    await()
        .atMost(LONG)
        .until(
            () -> {
              try {
                return store.get("k", String.class).isEmpty();
              } catch (dev.inboard.common.InboardException unreadableWithTheNewKey) {
                return true;
              }
            });
    store.save("k", "value");
    assertThat(store.get("k", String.class).orElseThrow().value()).isEqualTo("value");
    assertThat(states.entries.get("shop||k")).isNotEqualTo(first);
    assertThat(states.opened).containsExactly("p0");
  }

  @Test
  void neverMeansNever() {
    put("db", "p0");
    running.providers.add(states);
    running.with("vault", "secretstores.test", "refreshInterval: 0");
    running.with(
        Running.component(
                "orders", "state.rotating", "{name: password, secretKeyRef: {name: db, key: db}}")
            + "auth: {secretStore: vault}\n");
    runtime = running.start();
    assertThat(Threads.named("inboard-shop-timer")).as("nothing is planned").isEmpty();
    assertThat(reads()).isEqualTo(1);
  }

  @Test
  void closeInTheMiddleOfARotationLeavesNothingOpen() throws Exception {
    put("db", "p0");
    start();
    for (int i = 1; i <= 3; i++) {
      put("db", "p" + i);
      awaitOpened("p" + i);
    }
    put("db", "p4");
    runtime.close();
    assertThat(states.closed).containsExactlyInAnyOrderElementsOf(states.opened);
  }

  @Test
  void configurationSubscriptionsMoveToTheirNewDriver() throws Exception {
    ServiceLoader.load(ConfigurationProvider.class, getClass().getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals("configuration.in-memory"))
        .forEach(running.providers::add);
    put("items", "{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\"}");
    running.with("vault", "secretstores.test", "refreshInterval: 20ms");
    running.with(
        Running.component(
                "settings",
                "configuration.in-memory",
                "{name: items, secretKeyRef: {name: items, key: items}}")
            + "auth: {secretStore: vault}\n");
    runtime = running.start();
    BlockingQueue<ConfigurationUpdate> updates = new LinkedBlockingQueue<>();
    ConfigurationStore settings = runtime.configuration("settings");
    settings.subscribeAll(updates::add);
    put("items", "{\"a\":\"2\",\"b\":\"1\"}");
    ConfigurationUpdate update = updates.poll(60, TimeUnit.SECONDS);
    assertThat(update.changed()).containsOnlyKeys("a");
    assertThat(update.removed()).containsExactly("c");
    settings.set("d", "1", "");
    assertThat(updates.poll(60, TimeUnit.SECONDS).changed()).containsOnlyKeys("d");
  }

  @Test
  void inputBindingMovesToItsNewDriver() {
    ServiceLoader.load(BindingProvider.class, getClass().getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals("bindings.cron"))
        .forEach(running.providers::add);
    List<Object> slow = new CopyOnWriteArrayList<>();
    running.inputBindings.put(
        "clock",
        new Handlers.InputHandler(
            Void.class,
            event -> {
              slow.add(event);
              return Outcome.SUCCESS;
            },
            InputOptions.DEFAULT));
    put("schedule", "@every 1000h");
    running.with("vault", "secretstores.test", "refreshInterval: 20ms");
    running.with(
        Running.component(
                "clock",
                "bindings.cron",
                "{name: schedule, secretKeyRef: {name: schedule, key: schedule}}")
            + "auth: {secretStore: vault}\n");
    runtime = running.start();
    assertThat(slow).isEmpty();
    put("schedule", "@every 1s");
    await().atMost(LONG).until(() -> slow.size() >= 2);
    put("schedule", "@every 1000h");
    awaitRounds(10);
    int then = slow.size();
    awaitRounds(10);
    assertThat(slow.size()).isBetween(then, then + 1);
  }
}
