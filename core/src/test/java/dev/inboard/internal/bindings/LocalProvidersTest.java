package dev.inboard.internal.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.TypeRef;
import dev.inboard.bindings.BindingEvent;
import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.BindingProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way from the typed API to the local providers, which are found as the runtime finds
 * them.
 */
class LocalProvidersTest {
  record Report(String title, int pages) {}

  @TempDir Path folder;
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

  @AfterEach
  void end() {
    handlers.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void valuesAreKeptAsFiles() {
    try (BindingDriver driver =
        open("bindings.localstorage", Map.of("rootPath", folder.toString()))) {
      OutputBinding files =
          Bindings.output(
              TestBinding.opened(driver, "bindings.localstorage", Map.of()),
              TestBinding.context(handlers, timer));
      Map<String, String> name = Map.of("fileName", "2026/report.json");
      files.invoke("create", new Report("Tea", 3), name);
      assertThat(folder.resolve("2026/report.json")).hasContent("{\"title\":\"Tea\",\"pages\":3}");
      assertThat(files.invoke("get", null, name).data(Report.class))
          .isEqualTo(new Report("Tea", 3));
      assertThat(files.invoke("list").data(new TypeRef<List<String>>() {}))
          .containsExactly("2026/report.json");
      files.invoke("delete", null, name);
      assertThat(folder.resolve("2026/report.json")).doesNotExist();
    }
  }

  @Test
  void ticksReachTheirHandlerUntilItIsStopped() throws Exception {
    try (BindingDriver driver = open("bindings.cron", Map.of("schedule", "@every 20ms"))) {
      BlockingQueue<BindingEvent<Void>> ticks = new LinkedBlockingQueue<>();
      InputBindingReader reader =
          Bindings.input(
              TestBinding.opened(driver, "bindings.cron", Map.of()),
              Void.class,
              (BindingHandler<Void>) event -> ticks.add(event) ? Outcome.SUCCESS : Outcome.RETRY,
              InputOptions.DEFAULT,
              TestBinding.context(handlers, timer),
              TestBinding.gate(timer));
      reader.start().toCompletableFuture().get(60, TimeUnit.SECONDS);
      for (int i = 0; i < 3; i++) {
        assertThat(ticks.poll(60, TimeUnit.SECONDS)).isNotNull();
      }
      reader.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
      ticks.clear();
      assertThat(ticks.poll(300, TimeUnit.MILLISECONDS)).as("a tick after stop").isNull();
    }
  }

  @Test
  void cronCannotBeInvoked() {
    try (BindingDriver driver = open("bindings.cron", Map.of("schedule", "@hourly"))) {
      assertThatThrownBy(
              () ->
                  Bindings.output(
                      TestBinding.opened(driver, "bindings.cron", Map.of()),
                      TestBinding.context(handlers, timer)))
          .hasMessage(
              "box (bindings.cron): invoke failed: UNSUPPORTED: this type has no output side; use"
                  + " one that has");
    }
  }

  private static BindingDriver open(String type, Map<String, String> metadata) {
    return ServiceLoader.load(BindingProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.type().equals(type))
        .findFirst()
        .orElseThrow()
        .open(dev.inboard.spi.ComponentSpec.of("box", type, metadata));
  }
}
