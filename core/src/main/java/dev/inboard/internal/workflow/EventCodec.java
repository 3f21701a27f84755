package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ActivityScheduled;
import dev.inboard.internal.workflow.HistoryEvent.CancelRequested;
import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.ChildScheduled;
import dev.inboard.internal.workflow.HistoryEvent.DetachedStarted;
import dev.inboard.internal.workflow.HistoryEvent.EventRaised;
import dev.inboard.internal.workflow.HistoryEvent.EventSent;
import dev.inboard.internal.workflow.HistoryEvent.Finished;
import dev.inboard.internal.workflow.HistoryEvent.Resumed;
import dev.inboard.internal.workflow.HistoryEvent.StepCompleted;
import dev.inboard.internal.workflow.HistoryEvent.StepFailed;
import dev.inboard.internal.workflow.HistoryEvent.Suspended;
import dev.inboard.internal.workflow.HistoryEvent.TakenOver;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import dev.inboard.internal.workflow.HistoryEvent.TimerSet;
import dev.inboard.internal.workflow.HistoryEvent.TurnStarted;
import dev.inboard.internal.workflow.HistoryEvent.Unknown;
import dev.inboard.internal.workflow.HistoryEvent.VersionChosen;
import dev.inboard.workflow.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * History as bytes: for each event its kind, its length, its fields.
 *
 * <p>The format only grows: a kind never changes its number, and new fields go to the end, where
 * older releases do not look. A kind from a newer release is read as {@link Unknown}, and the
 * instance stalls until that release runs it.
 */
final class EventCodec {
  private EventCodec() {}

  static byte[] encode(Iterable<? extends HistoryEvent> events) {
    ByteWriter out = new ByteWriter();
    ByteWriter fields = new ByteWriter();
    for (HistoryEvent event : events) {
      fields.clear();
      int kind = write(event, fields);
      out.number(kind);
      out.nested(fields);
    }
    return out.toBytes();
  }

  static List<HistoryEvent> decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    List<HistoryEvent> events = new ArrayList<>();
    while (in.hasMore()) {
      int kind = in.integer();
      events.add(read(kind, in.nested()));
    }
    return events;
  }

  private static int write(HistoryEvent event, ByteWriter out) {
    if (event instanceof TurnStarted e) {
      out.number(e.time());
      return 1;
    } else if (event instanceof TaskCompleted e) {
      out.number(e.task());
      out.bytes(e.result());
      return 2;
    } else if (event instanceof TaskFailed e) {
      out.number(e.task());
      out.number(e.attempt());
      out.number(e.retryAt());
      Failures.write(e.failure(), out);
      if (e.details() != null) {
        out.bytes(e.details());
      }
      return 3;
    } else if (event instanceof TimerFired e) {
      out.number(e.task());
      return 4;
    } else if (event instanceof EventRaised e) {
      raised(e, out);
      return 5;
    } else if (event instanceof Suspended) {
      return 6;
    } else if (event instanceof Resumed) {
      return 7;
    } else if (event instanceof CancelRequested e) {
      out.text(e.reason());
      return 8;
    } else if (event instanceof Terminated e) {
      out.text(e.reason());
      return 9;
    } else if (event instanceof TakenOver e) {
      out.number(e.events().size());
      e.events().forEach(raised -> raised(raised, out));
      out.number(e.messageIds().size());
      e.messageIds().forEach(out::text);
      return 10;
    } else if (event instanceof ChildRetried e) {
      out.number(e.task());
      out.number(e.attempt());
      return 11;
    } else if (event instanceof Finished) {
      return 12;
    } else if (event instanceof HistoryEvent.Reopened e) {
      if (e.replacement() != null) {
        out.number(e.replacement().task());
        out.bytes(e.replacement().input());
      }
      return 13;
    } else if (event instanceof Unknown e) {
      return e.kind();
    }
    return writeRequest((HistoryEvent.Request) event, out);
  }

  private static int writeRequest(HistoryEvent.Request request, ByteWriter out) {
    out.number(request.task());
    out.text(request.name());
    if (request instanceof ActivityScheduled e) {
      out.bytes(e.input());
      return 20;
    } else if (request instanceof ChildScheduled e) {
      out.text(e.childId());
      out.bytes(e.input());
      return 21;
    } else if (request instanceof DetachedStarted e) {
      out.text(e.id());
      return 22;
    } else if (request instanceof TimerSet e) {
      out.number(e.fireAt());
      return 23;
    } else if (request instanceof EventSent e) {
      out.text(e.target());
      return 24;
    } else if (request instanceof StepCompleted e) {
      out.bytes(e.result());
      return 25;
    } else if (request instanceof StepFailed e) {
      Failures.write(e.failure(), out);
      return 26;
    }
    out.number(((VersionChosen) request).version());
    return 27;
  }

  private static void raised(EventRaised event, ByteWriter out) {
    out.text(event.name());
    out.bytes(event.payload());
    out.text(event.messageId());
  }

  private static HistoryEvent read(int kind, ByteReader in) {
    return switch (kind) {
      case 1 -> new TurnStarted(in.number());
      case 2 -> new TaskCompleted(in.integer(), in.bytes());
      case 3 -> failed(in);
      case 4 -> new TimerFired(in.integer());
      case 5 -> raised(in);
      case 6 -> new Suspended();
      case 7 -> new Resumed();
      case 8 -> new CancelRequested(in.text());
      case 9 -> new Terminated(in.text());
      case 10 -> takenOver(in);
      case 11 -> new ChildRetried(in.integer(), in.integer());
      case 12 -> new Finished();
      case 13 -> reopened(in);
      case 20 -> new ActivityScheduled(in.integer(), in.text(), in.bytes());
      case 21 -> new ChildScheduled(in.integer(), in.text(), in.text(), in.bytes());
      case 22 -> new DetachedStarted(in.integer(), in.text(), in.text());
      case 23 -> timer(in);
      case 24 -> new EventSent(in.integer(), in.text(), in.text());
      case 25 -> new StepCompleted(in.integer(), in.text(), in.bytes());
      case 26 -> new StepFailed(in.integer(), in.text(), Failures.read(in));
      case 27 -> new VersionChosen(in.integer(), in.text(), in.integer());
      default -> new Unknown(kind);
    };
  }

  private static HistoryEvent.Reopened reopened(ByteReader in) {
    return new HistoryEvent.Reopened(
        in.hasMore() ? new HistoryEvent.Replacement(in.integer(), in.bytes()) : null);
  }

  private static TaskFailed failed(ByteReader in) {
    int task = in.integer();
    int attempt = in.integer();
    long retryAt = in.number();
    Failure failure = Failures.read(in);
    return new TaskFailed(task, attempt, failure, retryAt, in.hasMore() ? in.bytes() : null);
  }

  private static EventRaised raised(ByteReader in) {
    return new EventRaised(in.text(), in.bytes(), in.text());
  }

  private static TimerSet timer(ByteReader in) {
    int task = in.integer();
    in.text();
    return new TimerSet(task, in.number());
  }

  private static TakenOver takenOver(ByteReader in) {
    int count = in.integer();
    List<EventRaised> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(raised(in));
    }
    int ids = in.integer();
    List<String> messageIds = new ArrayList<>();
    for (int i = 0; i < ids; i++) {
      messageIds.add(in.text());
    }
    return new TakenOver(events, messageIds);
  }
}
