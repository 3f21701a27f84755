package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.Request;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stored history along which an execution's code is led again, turn by turn. */
final class Recording {
  private final Deque<RecordedTurn> turns;
  private @Nullable RecordedTurn current;
  private boolean replaying;

  /**
   * Reads a history.
   *
   * @throws Mismatch when it holds an event of a newer release
   */
  Recording(List<byte[]> history) {
    this.turns = RecordedTurn.read(history);
    this.replaying = !turns.isEmpty();
  }

  /** Says whether the code is where it was before, not beyond. */
  boolean isReplaying() {
    return replaying;
  }

  boolean hasNextTurn() {
    return replaying && !turns.isEmpty();
  }

  RecordedTurn nextTurn() {
    current = turns.remove();
    return current;
  }

  /** What follows is new. */
  void end() {
    replaying = false;
  }

  /**
   * Goes on live in the middle of the last turn of a rerun, where its request was cut off; says
   * whether that happens for the first time.
   */
  boolean reopen() {
    if (replaying && turns.isEmpty() && current != null && current.isOpen()) {
      replaying = false;
      return current.isFresh();
    }
    return false;
  }

  /** Returns what to make of a request that is new. */
  Request replaced(Request request) {
    return current == null ? request : current.replaced(request);
  }

  /**
   * Returns what the history holds where the code makes a request.
   *
   * @throws Mismatch when it holds something else
   */
  Request match(Request request) {
    Request expected = current == null ? null : current.next();
    if (expected == null || !Requests.match(expected, request)) {
      throw new Mismatch(Requests.difference(expected, request));
    }
    return expected;
  }

  /** Returns the request that comes next while replaying, or null. */
  @Nullable Request expected() {
    return replaying ? left() : null;
  }

  private @Nullable Request left() {
    return current == null ? null : current.peek();
  }

  /** Sees to it that the code made all requests of the turn before it waits. */
  void checkNothingIsLeft(String waitsFor) {
    Request left = expected();
    if (left != null) {
      throw new Mismatch(difference(left, "waits for " + waitsFor));
    }
  }

  /** Ends with the code; returns what the history holds beyond that, or null. */
  @Nullable Mismatch endWithCode() {
    if (!replaying) {
      return null;
    }
    replaying = false;
    Request left = left();
    if (left == null) {
      return turns.isEmpty() ? null : new Mismatch("the history goes on, but the code ends");
    }
    return new Mismatch(difference(left, "ends"));
  }

  private static String difference(Request left, String instead) {
    return "the history goes on with " + Requests.describe(left) + ", but the code " + instead;
  }
}
