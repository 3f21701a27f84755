package dev.inboard.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example does what it says. */
class ExamplesTest {
  @TempDir Path data;

  @Test
  void sequence() {
    assertThat(SequenceExample.run(data)).isEqualTo("welcome sent to ada@example.org");
    assertThat(SequenceExample.run(data)).as("again").isEqualTo("welcome sent to ada@example.org");
  }

  @Test
  void fanOut() {
    assertThat(FanOutExample.run(data))
        .isEqualTo("{be=2, is=1, not=1, or=1, question=1, sleep=1, that=1, the=1, to=3}");
  }

  @Test
  void queue() {
    assertThat(QueueExample.run(data)).isEqualTo("4 mails sent");
  }

  @Test
  void approval() {
    assertThat(ApprovalExample.run(data)).isEqualTo("approved by chief");
  }

  @Test
  void saga() {
    assertThat(SagaExample.run(data))
        .startsWith("[book flight, book hotel, cancel hotel, cancel flight], because ")
        .contains("no cars left");
  }

  @Test
  void monitor() {
    assertThat(MonitorExample.run(data)).isEqualTo("shop is healthy after 3 looks");
  }

  @Test
  void schedule() throws InterruptedException {
    assertThat(ScheduleExample.run(data)).isEqualTo("report for sales; schedules: [nightly]");
  }

  @Test
  void versioning() {
    assertThat(VersioningExample.run(data))
        .isEqualTo("first parcel by post, with survey; second parcel by bicycle, with survey");
  }

  @Test
  void subscription() {
    assertThat(SubscriptionExample.run(data)).contains("timer");
  }
}
