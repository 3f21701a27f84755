package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.conformance.BindingConformance;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

class CronBindingConformanceTest {
  @Nested
  class WithoutOverlap extends Cron {
    WithoutOverlap() {
      super("false");
    }

    @Override
    public boolean deliversConcurrently() {
      return false;
    }
  }

  @Nested
  class WithOverlap extends Cron {
    WithOverlap() {
      super("true");
    }
  }

  abstract static class Cron extends BindingConformance {
    private final SettableClock clock = new SettableClock();
    private final String allowOverlap;

    Cron(String allowOverlap) {
      this.allowOverlap = allowOverlap;
    }

    @Override
    protected BindingDriver openDriver() {
      Map<String, String> metadata =
          Map.of("schedule", "TZ=UTC * * * * *", "allowOverlap", allowOverlap);
      return new CronBindingProvider()
          .open(
              new ComponentSpec("tick", "bindings.cron", "v1", "app", "default", metadata, clock));
    }

    @Override
    public Set<String> expectedOperations() {
      return Set.of();
    }

    @Override
    public boolean expectsInput() {
      return true;
    }

    @Override
    public Map<String, String> naming(String thing) {
      return Map.of();
    }

    @Override
    public void causeEvent() {
      clock.advance(Duration.ofMinutes(1));
    }
  }
}
