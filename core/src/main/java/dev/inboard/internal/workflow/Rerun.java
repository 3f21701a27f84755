package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ChildScheduled;
import dev.inboard.internal.workflow.HistoryEvent.Input;
import dev.inboard.internal.workflow.HistoryEvent.Request;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a new instance out of the first part of a finished one. */
final class Rerun {
  private Rerun() {}

  /**
   * Makes the creation.
   *
   * @throws IllegalArgumentException when the instance cannot be rerun from there
   */
  static Creation of(
      StoredInstance source,
      int task,
      HistoryEvent.@Nullable Replacement replacement,
      String id,
      String executionId,
      long now) {
    InstanceDefinition from = source.record().definition();
    if (!source.record().status().isFinished()) {
      throw new IllegalArgumentException("it has not finished");
    }
    if (from.parent() != null) {
      throw new IllegalArgumentException(
          "it is a child of '" + from.parent().id() + "'; rerun that");
    }
    List<HistoryEvent> kept = keep(source.history(), task, replacement);
    byte[] history = EventCodec.encode(kept);
    Instant time = Instant.ofEpochMilli(now);
    InstanceDefinition definition =
        new InstanceDefinition(
            id,
            from.name(),
            from.version(),
            executionId,
            from.input(),
            null,
            Map.copyOf(from.tags()),
            time,
            time);
    Progress progress =
        new Progress(
            InstanceStatus.RUNNING,
            source.record().progress().generation(),
            1,
            null,
            "",
            null,
            null,
            time,
            time,
            null,
            kept.size(),
            history.length);
    Turn first =
        new Turn(
            new Ownership(id, 0, "", 0),
            0,
            progress,
            from.input(),
            history,
            time,
            true,
            false,
            List.of(),
            List.of(),
            List.of());
    return new Creation(definition, Reuse.REJECT, null, first);
  }

  private static List<HistoryEvent> keep(
      List<byte[]> history, int task, HistoryEvent.@Nullable Replacement replacement) {
    List<HistoryEvent> kept = new ArrayList<>();
    Set<Integer> children = new HashSet<>();
    for (byte[] line : history) {
      for (HistoryEvent event : EventCodec.decode(line)) {
        if (event instanceof Request request && request.task() == task) {
          if (!children.isEmpty()) {
            throw new IllegalArgumentException(
                "a child was under way at that step; rerun from the step that started it");
          }
          if (replacement != null && Requests.withInput(request, replacement.input()) == request) {
            throw new IllegalArgumentException(
                "step " + task + " has no input: it is neither an activity nor a child");
          }
          kept.add(new HistoryEvent.Reopened(replacement));
          return kept;
        }
        if (event instanceof ChildScheduled child) {
          children.add(child.task());
        } else if (event instanceof Input answer) {
          children.remove(answer.task());
        }
        kept.add(event);
      }
    }
    throw new IllegalArgumentException("it has no step " + task);
  }
}
