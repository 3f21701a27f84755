package dev.inboard.spi.workflow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An instance as it is stored, without its history.
 *
 * @param ownership who may write to it, or null when nobody owns it
 * @param wakeAt when it needs attention if nobody owns it, or null if only a message can wake it
 * @param recoveries how often it was taken from a dead node since its last turn
 */
public record InstanceRecord(
    InstanceDefinition definition,
    Progress progress,
    @Nullable Ownership ownership,
    @Nullable Instant wakeAt,
    int recoveries) {
  /** Returns the instance's id. */
  public String id() {
    return definition.id();
  }

  /** Returns where it stands. */
  public InstanceStatus status() {
    return progress.status();
  }
}
