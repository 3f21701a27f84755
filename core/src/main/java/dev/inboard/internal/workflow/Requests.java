package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ActivityScheduled;
import dev.inboard.internal.workflow.HistoryEvent.ChildScheduled;
import dev.inboard.internal.workflow.HistoryEvent.DetachedStarted;
import dev.inboard.internal.workflow.HistoryEvent.EventSent;
import dev.inboard.internal.workflow.HistoryEvent.Request;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.TimerSet;
import dev.inboard.internal.workflow.HistoryEvent.VersionChosen;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Start;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What code asks for: compared with the history, put into words, and turned into what the backend
 * does.
 */
final class Requests {
  private Requests() {}

  static boolean match(Request recorded, Request made) {
    return recorded.task() == made.task()
        && kind(recorded).equals(kind(made))
        && recorded.name().equals(made.name());
  }

  private static String kind(Request request) {
    if (request instanceof ActivityScheduled) {
      return "activity";
    } else if (request instanceof ChildScheduled) {
      return "child";
    } else if (request instanceof DetachedStarted) {
      return "detached workflow";
    } else if (request instanceof TimerSet) {
      return "timer";
    } else if (request instanceof EventSent) {
      return "event to";
    } else if (request instanceof VersionChosen) {
      return "version";
    }
    return "step";
  }

  static String describe(Request request) {
    String name = request.name().isEmpty() ? "" : " '" + request.name() + "'";
    return kind(request) + name + (request.task() < 0 ? "" : " (request " + request.task() + ")");
  }

  static String difference(@Nullable Request recorded, Request made) {
    String history = recorded == null ? "no further request in this turn" : describe(recorded);
    return "the history has " + history + ", but the code asks for " + describe(made);
  }

  /** Returns an activity or a child with another input; anything else as it is. */
  static Request withInput(Request request, byte @Nullable [] input) {
    if (request instanceof ActivityScheduled activity) {
      return new ActivityScheduled(activity.task(), activity.name(), input);
    } else if (request instanceof ChildScheduled child) {
      return new ChildScheduled(child.task(), child.name(), child.childId(), input);
    }
    return request;
  }

  static Message event(
      Execution sender, int task, String target, String name, byte @Nullable [] payload) {
    String messageId = sender.definition().executionId() + "/" + sender.generation() + "/" + task;
    return new Message(
        target,
        messageId,
        Envelope.toAny(new HistoryEvent.EventRaised(name, payload, messageId)).encode());
  }

  static Start detached(
      Execution starter,
      int task,
      String name,
      String version,
      String id,
      byte @Nullable [] input) {
    InstanceDefinition definition = definition(starter, "d" + task, name, version, id, input, null);
    return new Start(definition, Reuse.REJECT, null);
  }

  static Start child(Execution parent, ChildTask<?> child) {
    InstanceDefinition own = parent.definition();
    Parent link = new Parent(own.id(), own.executionId(), parent.generation(), child.number);
    String childId = child.childId();
    InstanceDefinition definition =
        definition(
            parent,
            "c" + child.number + "~" + child.attempt(),
            child.name,
            child.version,
            childId,
            child.input,
            link);
    TaskFailed taken =
        new TaskFailed(
            child.number,
            child.attempt(),
            Failures.of("IdTaken", "an unfinished workflow has the id '" + childId + "'", false),
            -1);
    Envelope envelope = new Envelope(own.executionId(), parent.generation(), childId, taken);
    return new Start(
        definition,
        Reuse.ALLOW,
        new Message(own.id(), definition.executionId() + "/taken", envelope.encode()));
  }

  private static InstanceDefinition definition(
      Execution starter,
      String what,
      String name,
      String version,
      String id,
      byte @Nullable [] input,
      @Nullable Parent parent) {
    String seed = starter.definition().executionId() + "/" + starter.generation() + "/" + what;
    Instant now = Instant.ofEpochMilli(starter.now());
    return new InstanceDefinition(
        id,
        name,
        version,
        UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString(),
        input,
        parent,
        starter.site().tagsOfStarted(name, parent != null),
        now,
        now);
  }
}
