package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.micrometer.MicrometerProvider;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole runtime tells a registry of Micrometer. */
class MicrometerRegistryTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @TempDir Path folder;

  private double count(String name, String... tags) {
    var timer = registry.find(name).tags(tags).timer();
    return timer == null ? 0 : timer.count();
  }

  @Test
  @DisplayName("everything is in the registry, without secrets, and goes with the runtime")
  void everythingIsInTheRegistry() throws Exception {
    try (Inboard inboard = ObservedShop.start(folder, MicrometerProvider.of(registry))) {
      ObservedShop.work(inboard);

      assertThat(count("db.client.operation.duration", "db.operation.name", "save")).isEqualTo(1);
      assertThat(count("db.client.operation.duration", "error.type", "ETAG_MISMATCH")).isEqualTo(1);
      await()
          .atMost(LONG)
          .until(
              () ->
                  registry.find("inboard.dead_letters").tag("inboard.reason", "failed").counter()
                      != null);
      assertThat(registry.get("inboard.retries").counter().count()).isEqualTo(2);
      for (String outcome : new String[] {"completed", "failed"}) {
        await()
            .atMost(LONG)
            .until(() -> count("inboard.workflow.duration", "inboard.outcome", outcome) == 1);
      }
      assertThat(count("inboard.workflow.activity.duration")).isEqualTo(1);
      assertThat(
              registry
                  .get("inboard.group_commit.size")
                  .tag("inboard.component.name", "flows")
                  .summary()
                  .count())
          .isPositive();
      await()
          .atMost(LONG)
          .until(
              () ->
                  registry.find("inboard.in_flight").gauges().stream()
                      .allMatch(gauge -> gauge.value() == 0));
      assertThat(registry.getMeters())
          .extracting(Meter::getId)
          .extracting(Meter.Id::toString)
          .noneMatch(id -> id.contains(ObservedShop.SECRET));
    }
    assertThat(registry.find("inboard.in_flight").gauges()).isEmpty();
    assertThat(registry.find("inboard.workflow.in_memory").gauges()).isEmpty();
  }
}
