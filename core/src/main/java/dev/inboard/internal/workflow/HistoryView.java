package dev.inboard.internal.workflow;

import dev.inboard.workflow.HistoryEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** History as people read it. */
final class HistoryView {
  private HistoryView() {}

  static List<HistoryEntry> of(List<byte[]> history) {
    List<HistoryEntry> entries = new ArrayList<>();
    Instant time = Instant.EPOCH;
    for (byte[] line : history) {
      for (HistoryEvent event : EventCodec.decode(line)) {
        if (event instanceof HistoryEvent.TurnStarted turn) {
          time = Instant.ofEpochMilli(turn.time());
        } else {
          entries.add(
              new HistoryEntry(
                  time, event.getClass().getSimpleName(), event.task(), detail(event)));
        }
      }
    }
    return entries;
  }

  private static String detail(HistoryEvent event) {
    if (event instanceof HistoryEvent.TimerSet timer) {
      return "until " + Instant.ofEpochMilli(timer.fireAt());
    } else if (event instanceof HistoryEvent.VersionChosen chosen) {
      return chosen.name() + " = " + chosen.version();
    } else if (event instanceof HistoryEvent.ChildScheduled child) {
      return child.name() + " as " + child.childId();
    } else if (event instanceof HistoryEvent.DetachedStarted started) {
      return started.name() + " as " + started.id();
    } else if (event instanceof HistoryEvent.EventSent sent) {
      return sent.name() + " to " + sent.target();
    } else if (event instanceof HistoryEvent.Request request) {
      return request.name();
    } else if (event instanceof HistoryEvent.EventRaised raised) {
      return raised.name();
    } else if (event instanceof HistoryEvent.TaskFailed failed) {
      String again =
          failed.retryAt() < 0 ? "" : "; again at " + Instant.ofEpochMilli(failed.retryAt());
      return "attempt " + failed.attempt() + ": " + failed.failure().type() + again;
    } else if (event instanceof HistoryEvent.CancelRequested cancel) {
      return cancel.reason();
    } else if (event instanceof HistoryEvent.Terminated terminated) {
      return terminated.reason();
    } else if (event instanceof HistoryEvent.TakenOver taken) {
      return taken.events().size() + " events";
    } else if (event instanceof HistoryEvent.Unknown unknown) {
      return "kind " + unknown.kind();
    }
    return "";
  }
}
