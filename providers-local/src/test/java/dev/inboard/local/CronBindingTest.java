package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CronBindingTest {
  private final SettableClock clock = new SettableClock();
  private final BlockingQueue<InboundMessage> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<CompletableFuture<Settlement>> settlements =
      new LinkedBlockingQueue<>();
  private InputBindingDriver cron;

  @BeforeEach
  void setClock() {
    clock.set("2026-03-04T05:06:07Z");
  }

  @AfterEach
  void close() {
    cron.close();
  }

  @Test
  void eventTellsItsTimes() throws Exception {
    read("TZ=Europe/Berlin 0 7 * * *", clock);
    clock.set("2026-03-04T06:00:03Z");
    InboundMessage event = next();
    assertThat(event.body()).isEmpty();
    assertThat(event.topic()).isEqualTo("tick");
    assertThat(event.deliveries()).isEqualTo(1);
    assertThat(event.metadata())
        .isEqualTo(
            Map.of(
                "timeZone", "Europe/Berlin",
                "readTimeUTC", "2026-03-04T06:00:03Z",
                "scheduledTimeUTC", "2026-03-04T06:00:00Z"));
  }

  @Test
  void timesMissedDuringARunMakeOneRun() throws Exception {
    read("TZ=UTC * * * * *", clock);
    clock.set("2026-03-04T05:07:00Z");
    next();
    clock.set("2026-03-04T05:08:00Z");
    clock.set("2026-03-04T05:30:30Z");
    settle(Settlement.ACKNOWLEDGE);
    assertThat(next().id()).isEqualTo("2026-03-04T05:08:00Z");
    settle(Settlement.ACKNOWLEDGE);
    assertThat(events.poll(600, TimeUnit.MILLISECONDS)).as("a second run").isNull();
    clock.set("2026-03-04T05:31:00Z");
    assertThat(next().id()).isEqualTo("2026-03-04T05:31:00Z");
  }

  @Test
  void failedRunComesAgainAndCounts() throws Exception {
    read("TZ=UTC * * * * *", clock);
    clock.set("2026-03-04T05:07:00Z");
    assertThat(next().deliveries()).isEqualTo(1);
    settle(Settlement.REDELIVER);
    InboundMessage again = next();
    assertThat(again.id()).isEqualTo("2026-03-04T05:07:00Z");
    assertThat(again.deliveries()).isEqualTo(2);
  }

  @Test
  void nextTimeTakesThePlaceOfAFailedRun() throws Exception {
    read("TZ=UTC * * * * *", clock);
    clock.set("2026-03-04T05:07:00Z");
    next();
    clock.set("2026-03-04T05:08:00Z");
    settle(Settlement.REDELIVER);
    assertThat(next().id()).isEqualTo("2026-03-04T05:08:00Z");
    settle(Settlement.ACKNOWLEDGE);
    assertThat(events.poll(1500, TimeUnit.MILLISECONDS)).as("the failed run").isNull();
  }

  @Test
  void clockSetFarBackBeginsAnew() throws Exception {
    read("TZ=UTC 0 12 * * *", clock);
    clock.set("2016-03-04T05:00:00Z");
    await("noon, as the hours pass")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              clock.advance(Duration.ofHours(1));
              return !events.isEmpty();
            });
    assertThat(next().id()).startsWith("2016-03-").endsWith("T12:00:00Z");
  }

  @Test
  void everyRunsOnTheRealClock() throws Exception {
    read("@every 100ms", Clock.systemUTC());
    for (int i = 0; i < 5; i++) {
      next();
      settle(Settlement.ACKNOWLEDGE);
    }
  }

  @Test
  void secondReaderIsRefused() {
    read("@hourly", clock);
    assertThatThrownBy(
            () -> cron.read(1, message -> new CompletableFuture<>()).toCompletableFuture().join())
        .hasMessageContaining(
            "tick (bindings.cron): read failed: CONFLICT: somebody reads this binding already");
  }

  @Test
  void closeInsideAReceiverDoesNotHang() throws Exception {
    open("@every 10ms", Clock.systemUTC());
    CompletableFuture<Void> closed = new CompletableFuture<>();
    cron.read(
        1,
        message -> {
          cron.close();
          closed.complete(null);
          return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
        });
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void badScheduleNamesTheFieldAndTheCure() {
    cron = open("@hourly", clock);
    assertThatThrownBy(() -> open("61 * * * *", clock))
        .hasMessage("field 'schedule': '61 * * * *' has '61' as minute, which must be 0 to 59");
  }

  private void read(String schedule, Clock time) {
    cron = open(schedule, time);
    cron.read(
        1,
        message -> {
          CompletableFuture<Settlement> settlement = new CompletableFuture<>();
          settlements.add(settlement);
          events.add(message);
          return settlement;
        });
  }

  private InputBindingDriver open(String schedule, Clock time) {
    cron =
        (InputBindingDriver)
            new CronBindingProvider()
                .open(
                    new ComponentSpec(
                        "tick",
                        "bindings.cron",
                        "v1",
                        "app",
                        "default",
                        Map.of("schedule", schedule),
                        time));
    return cron;
  }

  private InboundMessage next() throws InterruptedException {
    InboundMessage event = events.poll(Duration.ofSeconds(60).toMillis(), TimeUnit.MILLISECONDS);
    assertThat(event).as("an event within a minute").isNotNull();
    return event;
  }

  private void settle(Settlement word) throws InterruptedException {
    settlements.take().complete(word);
  }
}
