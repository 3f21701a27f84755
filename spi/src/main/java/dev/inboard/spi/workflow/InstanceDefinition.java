package dev.inboard.spi.workflow;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is from its creation on.
 *
 * @param id unique in the backend; any text
 * @param name name of the workflow
 * @param version version of the workflow; empty when it has none
 * @param executionId new for every creation, so that a reused id cannot be mistaken for its
 *     predecessor
 * @param input as the codec made it, or null; continuing as new replaces it
 * @param parent who started it as a child, or null
 * @param tags for people to find it by
 * @param createdAt when it was asked for
 * @param startAt not before this time does it begin
 */
public record InstanceDefinition(
    String id,
    String name,
    String version,
    String executionId,
    byte @Nullable [] input,
    @Nullable Parent parent,
    Map<String, String> tags,
    Instant createdAt,
    Instant startAt) {

  /** The same instance with another input. */
  public InstanceDefinition withInput(byte @Nullable [] input) {
    return new InstanceDefinition(
        id, name, version, executionId, input, parent, tags, createdAt, startAt);
  }
}
