package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.pubsub.PubSubProvider;
import dev.inboard.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime follows its resource files. */
class ReloadTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RotatingStates states = new RotatingStates();
  private final Running running = new Running();
  private InboardRuntime runtime;

  @BeforeEach
  void prepare() {
    running.followInterval = Duration.ofMillis(20);
    running.providers.add(states);
    ServiceLoader.load(PubSubProvider.class, getClass().getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals("pubsub.in-memory"))
        .forEach(running.providers::add);
  }

  @AfterEach
  void end() {
    if (runtime != null) {
      runtime.close();
    }
    states.server.shutdownNow();
  }

  private static String state(String name, String password) {
    return Running.component(name, "state.rotating", "password: " + password);
  }

  private void change(int file, String text) {
    running.files.set(file, new SourceText((file + 1) + ".yaml", text));
  }

  private InboardException failure(String name) {
    return catchThrowableOfType(InboardException.class, () -> runtime.stateStore(name));
  }

  @Test
  void noCallFailsWhileAComponentChangesAgainAndAgain() {
    running.with(state("orders", "p0"));
    runtime = running.start();
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
                  calls.addAndGet(2);
                }
              },
              task -> new Thread(task).start()));
    }
    for (int i = 1; i <= 4; i++) {
      String password = "p" + i;
      change(0, state("orders", password));
      await().atMost(LONG).until(() -> states.opened.contains(password));
      long soFar = calls.get();
      await().atMost(LONG).until(() -> calls.get() > soFar + 100);
    }
    end.set(true);
    callers.forEach(CompletableFuture::join);
    await().atMost(LONG).until(() -> states.closed.size() == 4);
    assertThat(states.opened).containsExactly("p0", "p1", "p2", "p3", "p4");
  }

  private static String policies(String name, String policy) {
    return """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: shop}
        spec:
          policies:
            timeouts: {quick: 10s}
            rateLimits: {slow: {limit: 1, period: 1h}}
          targets:
            components:
              orders:
                outbound: {%s: %s}
        """
        .formatted(policy, name);
  }

  @Test
  void policiesChangeUnderTraffic() {
    running.with(state("orders", "p0")).with(policies("quick", "timeout"));
    runtime = running.start();
    StateStore store = runtime.stateStore("orders");
    AtomicLong calls = new AtomicLong();
    CompletableFuture<ErrorCode> refusal =
        CompletableFuture.supplyAsync(
            () -> {
              while (true) {
                try {
                  store.save("k", calls.incrementAndGet());
                } catch (InboardException e) {
                  return e.code();
                }
              }
            },
            task -> new Thread(task).start());
    change(1, policies("nowhere", "timeout")); // refused: the one before stays
    awaitLooks();
    assertThat(refusal).isNotDone();
    change(1, policies("slow", "rateLimit"));
    await().atMost(LONG).until(refusal::isDone);
    assertThat(refusal.join()).isEqualTo(ErrorCode.EXHAUSTED);
    assertThat(calls.get()).isGreaterThan(1);
    change(1, policies("quick", "timeout"));
    await().atMost(LONG).ignoreExceptions().until(() -> store.save("k", 0) != null);
  }

  @Test
  void componentsAreAddedAndRemoved() {
    running.with(state("orders", "p0"));
    runtime = running.start();
    running.with(state("carts", "c0"));
    await().atMost(LONG).until(() -> failure("carts") == null);
    StateStore carts = runtime.stateStore("carts");
    carts.save("k", 1);
    running.files.remove(1);
    await().atMost(LONG).until(() -> failure("carts") != null);
    assertThat(failure("carts").code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(failure("carts")).hasMessageContaining("was removed from the resources");
    await().atMost(LONG).until(() -> states.closed.contains("c0"));
    assertThat(catchThrowableOfType(InboardException.class, () -> carts.save("k", 2)).code())
        .isEqualTo(ErrorCode.CANCELLED);
    runtime.stateStore("orders").save("k", 1);
    running.with(state("carts", "c1"));
    await().atMost(LONG).until(() -> failure("carts") == null);
    assertThat(runtime.stateStore("carts").get("k", Integer.class).orElseThrow().value())
        .isEqualTo(1);
  }

  @Test
  void badFilesChangeNothingUntilTheyAreCorrected() {
    running.with(state("orders", "p0")).with(state("carts", "c0"));
    runtime = running.start();
    change(0, "apiVersion: dapr.io/v1alpha1\nkind: Comp"); // half written
    change(1, state("carts", "c1"));
    awaitLooks();
    runtime.stateStore("orders").save("k", 1);
    assertThat(states.opened).containsExactlyInAnyOrder("p0", "c0");
    change(0, state("orders", "p1"));
    await().atMost(LONG).until(() -> states.closed.containsAll(List.of("p0", "c0")));
    assertThat(states.opened).containsExactlyInAnyOrder("p0", "c0", "p1", "c1");
  }

  @Test
  void componentThatCannotBeOpenedLeavesTheOldOneAndIsTriedAgain() {
    running.with(state("orders", "p0"));
    runtime = running.start();
    states.refused = "p1";
    change(0, state("orders", "p1"));
    running.with(state("carts", "c0"));
    await().atMost(LONG).until(() -> failure("carts") == null);
    runtime.stateStore("orders").save("k", 1);
    assertThat(states.opened).containsExactlyInAnyOrder("p0", "c0");
    states.refused = null;
    await().atMost(LONG).until(() -> states.closed.contains("p0"));
    runtime.stateStore("orders").save("k", 2);
  }

  @Test
  void volumesOfKubernetesAreFollowed(@TempDir Path volume) throws IOException {
    Path link = volume.resolve("..data");
    writeVersion(volume, "..1", "p0");
    Files.createSymbolicLink(link, Path.of("..1"));
    Files.createSymbolicLink(volume.resolve("orders.yaml"), Path.of("..data", "orders.yaml"));
    running.folder = volume;
    runtime = running.start();
    writeVersion(volume, "..2", "p1");
    Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..2"));
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    await().atMost(LONG).until(() -> states.closed.contains("p0"));
    assertThat(states.opened).containsExactly("p0", "p1");
  }

  private static void writeVersion(Path volume, String version, String password)
      throws IOException {
    Path folder = Files.createDirectory(volume.resolve(version));
    Files.writeString(folder.resolve("orders.yaml"), state("orders", password));
  }

  @Test
  void subscriptionsFollowTheirDocuments() {
    List<String> heard = new CopyOnWriteArrayList<>();
    for (String name : new String[] {"first", "second"}) {
      running.handlers.put(
          name,
          EventHandler.of(
              String.class,
              event -> {
                heard.add(name + " " + event.data());
                return Outcome.SUCCESS;
              }));
    }
    running.with("bus", "pubsub.in-memory").with(subscription("a", "first"));
    runtime = running.start();
    var bus = runtime.pubSub("bus");
    bus.publish("a", "1");
    await().atMost(LONG).until(() -> heard.contains("first 1"));

    change(1, subscription("a", "second"));
    running.with(subscription("b", "first"));
    AtomicLong number = new AtomicLong(1);
    await()
        .atMost(LONG)
        .until(
            () -> {
              bus.publish("a", String.valueOf(number.incrementAndGet()));
              return heard.contains("second " + number.get());
            });
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(heard.stream().filter(line -> line.matches(".* \\d+")))
                    .as("each message once, by one of both")
                    .hasSize((int) number.get()));
    bus.publish("b", "x");
    await().atMost(LONG).until(() -> heard.contains("first x"));

    running.files.remove(2);
    awaitLooks();
    bus.publish("b", "unheard");
    bus.publish("a", "last");
    await().atMost(LONG).until(() -> heard.contains("second last"));
    assertThat(heard).doesNotContain("first unheard");
  }

  private static String subscription(String topic, String handler) {
    return "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: "
        + topic
        + "}\nspec: {pubsubname: bus, topic: "
        + topic
        + ", routes: {default: /"
        + handler
        + "}}\n";
  }

  /** Waits until what the files say now was looked at, and looked at again. */
  private void awaitLooks() {
    int before = running.looks.get();
    await().atMost(LONG).until(() -> running.looks.get() >= before + 8);
  }
}
