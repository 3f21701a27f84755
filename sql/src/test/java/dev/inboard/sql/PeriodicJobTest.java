package dev.inboard.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeriodicJobTest {
  @Test
  void failedRunDoesNotEndTheJob() {
    AtomicInteger runs = new AtomicInteger();
    try (PeriodicJob job =
        new PeriodicJob(
            "job-test",
            Duration.ofMillis(5),
            () -> {
              if (runs.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
              }
            })) {
      Awaitility.await().until(() -> runs.get() > 3);
    }
    int last = runs.get();
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(t -> t.getName().equals("job-test"));
    assertThat(runs).hasValue(last);
  }

  @Test
  void closeInterruptsTheRunAndWaitsForItsEnd() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    PeriodicJob job =
        new PeriodicJob(
            "job-test",
            Duration.ofMillis(1),
            () -> {
              started.countDown();
              try {
                Thread.sleep(60_000);
              } finally {
                ended.set(true);
              }
            });
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    job.close();
    assertThat(ended).isTrue();
  }

  @Test
  void longestIntervalIsTaken() {
    new PeriodicJob("job-test", Duration.ofSeconds(Long.MAX_VALUE), () -> {}).close();
  }
}
