package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.bindings.InputOptions;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Option;
import dev.inboard.spi.bindings.BindingProvider;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in moves to the driver that takes over, or stays where it is. */
class IntakeMovesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final Running running = new Running();
  private final Bells bells = new Bells();
  private InboardRuntime runtime;

  @AfterEach
  void end() {
    if (runtime != null) {
      runtime.close();
    }
  }

  /** Bindings that ring when a test says so. One with the tone {@code mute} cannot be read. */
  private static final class Bells implements BindingProvider {
    static final Option<String> TONE = Option.text("tone").or("c");

    final Map<String, MessageReceiver> receivers = new ConcurrentHashMap<>(); // by tone
    final List<String> closed = new CopyOnWriteArrayList<>();

    @Override
    public String type() {
      return "bindings.bell";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(TONE);
    }

    @Override
    public InputBindingDriver open(ComponentSpec spec) {
      return new Bell(spec.get(TONE));
    }

    CompletionStage<Settlement> ring(String tone) {
      byte[] body = tone.getBytes(StandardCharsets.UTF_8);
      return receivers.get(tone).receive(new InboundMessage("1", "bell", body, null, Map.of(), 1));
    }

    private final class Bell implements InputBindingDriver {
      private final String tone;

      Bell(String tone) {
        this.tone = tone;
      }

      @Override
      public Set<Feature> features() {
        return Set.of();
      }

      @Override
      public CompletionStage<DriverSubscription> read(int maxInFlight, MessageReceiver receiver) {
        if (tone.equals("mute")) {
          return CompletableFuture.failedFuture(
              new InboardException(ErrorCode.UNAVAILABLE, "clock", "read", "the bell is mute"));
        }
        List<CompletableFuture<Settlement>> underWay = new CopyOnWriteArrayList<>();
        receivers.put(
            tone,
            message -> {
              CompletableFuture<Settlement> settled =
                  receiver.receive(message).toCompletableFuture();
              underWay.add(settled);
              return settled;
            });
        return CompletableFuture.completedFuture(new Ringing(tone, underWay));
      }

      @Override
      public void close() {
        closed.add(tone);
      }
    }

    private final class Ringing implements DriverSubscription {
      private final String tone;
      private final List<CompletableFuture<Settlement>> underWay;

      Ringing(String tone, List<CompletableFuture<Settlement>> underWay) {
        this.tone = tone;
        this.underWay = underWay;
      }

      @Override
      public void pause() {}

      @Override
      public void resume() {}

      @Override
      public CompletionStage<Void> stop() {
        receivers.remove(tone);
        return CompletableFuture.allOf(underWay.toArray(CompletableFuture<?>[]::new));
      }
    }
  }

  private void put(String name, String value) {
    running.provider.addSecret("vault", name, value);
  }

  private void component(String name, String type, String field, String... more) {
    String[] all = new String[more.length + 1];
    System.arraycopy(more, 0, all, 1, more.length);
    all[0] = "{name: " + field + ", secretKeyRef: {name: " + field + ", key: " + field + "}}";
    running.with("vault", "secretstores.test", "refreshInterval: 20ms");
    running.with(Running.component(name, type, all) + "auth: {secretStore: vault}\n");
  }

  @Test
  void bindingThatCannotBeReadAnewIsReadAsBefore() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    running.providers.add(bells);
    running.inputBindings.put(
        "bell",
        new Handlers.InputHandler(
            String.class,
            event -> {
              heard.add(String.valueOf(event.data()));
              if (event.data().equals("d")) {
                assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
              }
              return Outcome.SUCCESS;
            },
            InputOptions.DEFAULT));
    put("tone", "c");
    component("bell", "bindings.bell", "tone");
    runtime = running.start();

    put("tone", "mute");
    await().atMost(LONG).until(() -> bells.closed.contains("mute"));
    assertThat(bells.ring("c").toCompletableFuture().get(60, TimeUnit.SECONDS))
        .isEqualTo(Settlement.ACKNOWLEDGE);
    assertThat(bells.closed).doesNotContain("c");

    put("tone", "d");
    await().atMost(LONG).until(() -> bells.receivers.containsKey("d"));
    await().atMost(LONG).until(() -> bells.closed.contains("c"));
    CompletableFuture<Settlement> slow = bells.ring("d").toCompletableFuture();
    await().atMost(LONG).until(() -> heard.contains("d"));
    put("tone", "e");
    await().atMost(LONG).until(() -> bells.receivers.containsKey("e"));
    bells.ring("e").toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(bells.closed).as("it has an event under way").doesNotContain("d");
    go.countDown();
    assertThat(slow.get(60, TimeUnit.SECONDS)).isEqualTo(Settlement.ACKNOWLEDGE);
    await().atMost(LONG).until(() -> bells.closed.contains("d"));
    assertThat(heard).containsExactly("c", "d", "e");
  }

  @Test
  void configurationSubscriptionHearsWhatDiffersInItsNewStore() throws Exception {
    ServiceLoader.load(ConfigurationProvider.class, getClass().getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals("configuration.file"))
        .forEach(running.providers::add);
    Path first = Files.writeString(folder.resolve("1.json"), "{\"a\":\"1\",\"b\":\"1\"}");
    Path second = Files.writeString(folder.resolve("2.json"), "{\"a\":\"1\",\"b\":\"2\"}");
    put("configurationFile", first.toString());
    component("settings", "configuration.file", "configurationFile");
    runtime = running.start();
    List<String> heard = new CopyOnWriteArrayList<>();
    var store = runtime.configuration("settings");
    store.subscribeAll(
        update -> update.changed().forEach((key, item) -> heard.add(key + "=" + item.value())));

    put("configurationFile", second.toString());
    await().atMost(LONG).until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("b=2");
    Files.writeString(second, "{\"a\":\"3\",\"b\":\"2\"}");
    await().atMost(LONG).until(() -> heard.size() == 2);
    assertThat(heard).containsExactly("b=2", "a=3");
    assertThat(store.get("a").orElseThrow().value()).isEqualTo("3");
  }
}
