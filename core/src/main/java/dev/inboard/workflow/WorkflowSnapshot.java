package dev.inboard.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An instance as it was stored when it was asked for. */
public interface WorkflowSnapshot {
  /** Returns its id. */
  String id();

  /** Returns the name of the workflow. */
  String name();

  /** Returns the version of the workflow; empty when it has none. */
  String version();

  /** Returns where it stands. */
  WorkflowStatus status();

  /** Returns how often it has continued as new, plus one. */
  int generation();

  /** Returns when it was asked for. */
  Instant createdAt();

  /** Returns when its code first ran, or null. */
  @Nullable Instant startedAt();

  /** Returns when it last changed. */
  Instant updatedAt();

  /** Returns when it finished, or null. */
  @Nullable Instant finishedAt();

  /** Returns what it waits for, for people; empty when that is not known. */
  String waitingFor();

  /** Returns the tags it was started with. */
  Map<String, String> tags();

  /** Returns the id of the instance it is a child of, or null. */
  @Nullable String parentId();

  /** Returns the number of stored events of its current generation. */
  int historyLength();

  /** Returns why it failed, was ended, or is stalled, or null. */
  @Nullable Failure failure();

  /** Returns its input. */
  <T> Optional<T> input(Class<T> type);

  /** Returns its result, once it has one that is not null. */
  <T> Optional<T> output(Class<T> type);

  /** Returns what it says about its own state. */
  <T> Optional<T> customStatus(Class<T> type);
}
