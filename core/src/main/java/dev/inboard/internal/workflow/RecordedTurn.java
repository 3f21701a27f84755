package dev.inboard.internal.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One turn of a stored history: what came in, and the requests that replay must meet again. */
final class RecordedTurn {
  final long time;
  final List<HistoryEvent.Input> inputs = new ArrayList<>();
  private final Deque<HistoryEvent.Request> requests = new ArrayDeque<>();

  private HistoryEvent.@Nullable Reopened reopened;
  private boolean goneOn;

  private RecordedTurn(long time) {
    this.time = time;
  }

  /** Says whether the turn goes on beyond what is recorded. */
  boolean isOpen() {
    return reopened != null && requests.isEmpty();
  }

  /** Says whether nothing is recorded since the turn was opened again. */
  boolean isFresh() {
    return !goneOn;
  }

  /** Returns what to make of a request that follows where the turn was opened again. */
  HistoryEvent.Request replaced(HistoryEvent.Request request) {
    HistoryEvent.Replacement replacement = reopened == null ? null : reopened.replacement();
    if (replacement == null || replacement.task() != request.task()) {
      return request;
    }
    return Requests.withInput(request, replacement.input());
  }

  HistoryEvent.@Nullable Request peek() {
    return requests.peek();
  }

  HistoryEvent.@Nullable Request next() {
    return requests.poll();
  }

  /**
   * Cuts a history into its turns.
   *
   * @throws Mismatch when it holds an event of a newer release
   */
  static Deque<RecordedTurn> read(List<byte[]> history) {
    Deque<RecordedTurn> turns = new ArrayDeque<>();
    for (byte[] line : history) {
      for (HistoryEvent event : EventCodec.decode(line)) {
        if (event instanceof HistoryEvent.TurnStarted started) {
          turns.add(new RecordedTurn(started.time()));
        } else if (event instanceof HistoryEvent.Input input) {
          turns.getLast().inputs.add(input);
        } else if (event instanceof HistoryEvent.Request request) {
          turns.getLast().requests.add(request);
          turns.getLast().goneOn = turns.getLast().reopened != null;
        } else if (event instanceof HistoryEvent.Reopened reopened) {
          turns.getLast().reopened = reopened;
        } else if (event instanceof HistoryEvent.Unknown unknown) {
          throw new Mismatch(
              "its history holds an event of kind "
                  + unknown.kind()
                  + ", which this release does not know; run it with the release that wrote it, or"
                  + " a newer one");
        }
      }
    }
    return turns;
  }
}
