package dev.inboard.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which instances are meant: those that meet every condition given.
 *
 * @param statuses one of these; empty: any
 * @param name name of the workflow, or null
 * @param idPrefix how the id begins, or null
 * @param parentId children of this instance, or null
 * @param createdFrom created at this time or later, or null
 * @param createdBefore created before this time, or null
 * @param tags has each of these
 */
public record WorkflowFilter(
    Set<WorkflowStatus> statuses,
    @Nullable String name,
    @Nullable String idPrefix,
    @Nullable String parentId,
    @Nullable Instant createdFrom,
    @Nullable Instant createdBefore,
    Map<String, String> tags) {
  /** Every instance. */
  public static final WorkflowFilter ALL =
      new WorkflowFilter(Set.of(), null, null, null, null, null, Map.of());

  /** Only those that stand at one of these. */
  public WorkflowFilter withStatus(WorkflowStatus... statuses) {
    return new WorkflowFilter(
        Set.of(statuses), name, idPrefix, parentId, createdFrom, createdBefore, tags);
  }

  /** Only those of this workflow. */
  public WorkflowFilter withName(String name) {
    return new WorkflowFilter(statuses, name, idPrefix, parentId, createdFrom, createdBefore, tags);
  }

  /** Only those whose id begins like this, taken literally. */
  public WorkflowFilter withIdPrefix(String prefix) {
    return new WorkflowFilter(statuses, name, prefix, parentId, createdFrom, createdBefore, tags);
  }

  /** Only the children of this instance. */
  public WorkflowFilter withParent(String parentId) {
    return new WorkflowFilter(statuses, name, idPrefix, parentId, createdFrom, createdBefore, tags);
  }

  /** Only those created in a time span. */
  public WorkflowFilter withCreated(@Nullable Instant from, @Nullable Instant before) {
    return new WorkflowFilter(statuses, name, idPrefix, parentId, from, before, tags);
  }

  /** Only those with these tags. */
  public WorkflowFilter withTags(Map<String, String> tags) {
    return new WorkflowFilter(statuses, name, idPrefix, parentId, createdFrom, createdBefore, tags);
  }
}
