package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.workflow.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedTurnTest {
  static String failure(List<HistoryEvent> events) {
    try {
      RecordedTurn.read(List.of(EventCodec.encode(events)));
      return "";
    } catch (Mismatch e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void everyKindOfEventIsReadBack() {
    Failure cause = new Failure("a.B", "why", "", null, true);
    Failure failure = new Failure("a.C", "häh", "trace", cause, false);
    HistoryEvent.EventRaised raised = new HistoryEvent.EventRaised("e", null, "m");
    List<HistoryEvent> events =
        List.of(
            new HistoryEvent.TurnStarted(Long.MAX_VALUE),
            new HistoryEvent.TakenOver(List.of(raised, raised), List.of("m", "")),
            new HistoryEvent.TaskCompleted(3, null),
            new HistoryEvent.TaskFailed(300_000, 7, failure, -1),
            new HistoryEvent.TimerFired(0),
            new HistoryEvent.ChildRetried(1, 2),
            raised,
            new HistoryEvent.Suspended(),
            new HistoryEvent.Resumed(),
            new HistoryEvent.CancelRequested("r"),
            new HistoryEvent.Terminated(""),
            new HistoryEvent.ActivityScheduled(1, "n", null),
            new HistoryEvent.ChildScheduled(2, "n", "id", null),
            new HistoryEvent.DetachedStarted(3, "n", "id"),
            new HistoryEvent.TimerSet(4, 99),
            new HistoryEvent.EventSent(5, "n", "t"),
            new HistoryEvent.StepCompleted(6, "n", null),
            new HistoryEvent.StepFailed(7, "n", failure),
            new HistoryEvent.VersionChosen(-1, "c", 3),
            new HistoryEvent.Reopened(null),
            new HistoryEvent.Reopened(new HistoryEvent.Replacement(7, new byte[] {1})),
            new HistoryEvent.TaskFailed(300_000, 8, failure, 5, new byte[] {2}),
            new HistoryEvent.Finished());
    assertThat(EventCodec.decode(EventCodec.encode(events)))
        .usingRecursiveComparison() // arrays by what they hold
        .isEqualTo(events);
  }

  @Test
  void payloadsAreKeptToTheByte() {
    for (byte[] payload : new byte[][] {{}, {0}, new byte[100_000]}) {
      HistoryEvent.TaskCompleted event = new HistoryEvent.TaskCompleted(1, payload);
      HistoryEvent read = EventCodec.decode(EventCodec.encode(List.of(event))).get(0);
      assertThat(((HistoryEvent.TaskCompleted) read).result()).isEqualTo(payload);
    }
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] whole = EventCodec.encode(List.of(new HistoryEvent.TaskCompleted(1, new byte[50])));
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> EventCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
