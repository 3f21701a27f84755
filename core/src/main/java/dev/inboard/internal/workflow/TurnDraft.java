package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.TurnStarted;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.Start;
import java.util.ArrayList;
import java.util.List;

/**
 * What will be committed next: usually one turn, more when a turn left nothing that needs a commit.
 */
final class TurnDraft {
  private final List<HistoryEvent> events = new ArrayList<>();
  private final List<Long> consumed = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();
  private final List<QueuedTask> tasks = new ArrayList<>();
  private final List<PendingTask<?>> begun = new ArrayList<>();
  private final List<TimerTask> fired = new ArrayList<>();
  private int marks;
  private boolean touched;
  private boolean inOrder;

  void beginTurn(long time) {
    events.add(new TurnStarted(time));
    marks++;
  }

  /** Takes the turn back that began last and did nothing. */
  void undoTurn() {
    events.remove(events.size() - 1);
    marks--;
  }

  void add(HistoryEvent event) {
    events.add(event);
  }

  /** Something changed that is not in the history. */
  void touch() {
    touched = true;
  }

  /** Takes note of where an input came from. */
  void consume(Incoming incoming) {
    if (incoming.inboxNumber() >= 0) {
      consumed.add(incoming.inboxNumber());
    } else if (incoming.stored() != null) {
      inOrder = true;
    }
  }

  /** Says whether a client's event is in the draft that did not go through the inbox. */
  boolean isInOrder() {
    return inOrder;
  }

  void send(Message message) {
    messages.add(message);
  }

  void start(Start start) {
    starts.add(start);
  }

  void queue(QueuedTask task) {
    tasks.add(task);
  }

  void begin(PendingTask<?> task) {
    begun.add(task);
  }

  void fired(TimerTask timer) {
    fired.add(timer);
  }

  /** Returns the timers whose time has come. */
  List<TimerTask> fired() {
    return fired;
  }

  /** Says whether there is anything worth a commit. */
  boolean isEmpty() {
    return events.size() == marks && consumed.isEmpty() && !touched;
  }

  boolean hasTurn() {
    return marks > 0;
  }

  List<HistoryEvent> events() {
    return events;
  }

  List<Long> consumed() {
    return List.copyOf(consumed);
  }

  List<Message> messages() {
    return messages;
  }

  List<Start> starts() {
    return List.copyOf(starts);
  }

  List<QueuedTask> tasks() {
    return List.copyOf(tasks);
  }

  /** Forgets what is committed now. The tasks that begin with it are told by {@link #takeBegun}. */
  void committed() {
    events.clear();
    consumed.clear();
    messages.clear();
    starts.clear();
    tasks.clear();
    fired.clear();
    marks = 0;
    touched = false;
    inOrder = false;
  }

  /** Returns the tasks whose work begins now that the turn is committed. */
  List<PendingTask<?>> takeBegun() {
    List<PendingTask<?>> tasks = List.copyOf(begun);
    begun.clear();
    return tasks;
  }
}
