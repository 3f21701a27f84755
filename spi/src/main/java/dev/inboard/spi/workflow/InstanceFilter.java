package dev.inboard.spi.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which instances are meant: those that meet every condition given.
 *
 * @param statuses one of these; empty: any
 * @param name name of the workflow, or null
 * @param idPrefix how the id begins, taken literally; or null
 * @param parentId children of this instance, or null
 * @param createdFrom created at this time or later, or null
 * @param createdBefore created before this time, or null
 * @param finishedBefore finished before this time, or null
 * @param tags has each of these tags
 */
public record InstanceFilter(
    Set<InstanceStatus> statuses,
    @Nullable String name,
    @Nullable String idPrefix,
    @Nullable String parentId,
    @Nullable Instant createdFrom,
    @Nullable Instant createdBefore,
    @Nullable Instant finishedBefore,
    Map<String, String> tags) {
  /** Every instance. */
  public static final InstanceFilter ALL =
      new InstanceFilter(Set.of(), null, null, null, null, null, null, Map.of());

  /** Decides for one instance. */
  public boolean matches(InstanceRecord instance) {
    InstanceDefinition definition = instance.definition();
    Instant finished = instance.progress().finishedAt();
    return (statuses.isEmpty() || statuses.contains(instance.status()))
        && (name == null || name.equals(definition.name()))
        && (idPrefix == null || definition.id().startsWith(idPrefix))
        && (parentId == null
            || (definition.parent() != null && parentId.equals(definition.parent().id())))
        && (createdFrom == null || !definition.createdAt().isBefore(createdFrom))
        && (createdBefore == null || definition.createdAt().isBefore(createdBefore))
        && (finishedBefore == null || (finished != null && finished.isBefore(finishedBefore)))
        && definition.tags().entrySet().containsAll(tags.entrySet());
  }
}
