package dev.inboard.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdTest {
  @Test
  void thisProcessIsHereAndKeepsItsName() {
    assertThat(ProcessId.own()).isEqualTo(ProcessId.own()).doesNotContain("unknown");
    assertThat(ProcessId.isGone(ProcessId.own())).isFalse();
  }

  @Test
  void anotherProcessUnderTheSameNumberMeansThatTheFirstIsGone() {
    String own = ProcessId.own();
    assertThat(ProcessId.isGone(own.substring(0, own.length() - 1) + "x")).isTrue();
  }

  @Test
  void aProcessThatEndedIsGone() throws Exception {
    Process child = new ProcessBuilder("sleep", "0").start();
    String id =
        ProcessId.own().replace(" " + ProcessHandle.current().pid() + " ", " " + child.pid() + " ");
    assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(ProcessId.isGone(id)).isTrue();
  }

  @Test
  void nothingIsKnownOfAProcessOnAnotherMachine() {
    assertThat(ProcessId.isGone("some-other-host 1 2026-01-01T00:00:00Z")).isFalse();
    assertThat(ProcessId.isGone("who wrote this")).isFalse();
  }
}
