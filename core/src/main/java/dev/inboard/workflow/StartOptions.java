package dev.inboard.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an instance is started.
 *
 * @param id its id; null: a new one
 * @param version version of the workflow; null: the latest
 * @param startAt not before this time; null: at once
 * @param delay not before this time has passed; null: at once
 * @param tags to find it by
 * @param reuse what to do when a finished instance has the id
 * @param conflict what to do when an unfinished instance has the id
 */
public record StartOptions(
    @Nullable String id,
    @Nullable String version,
    @Nullable Instant startAt,
    @Nullable Duration delay,
    Map<String, String> tags,
    ReusePolicy reuse,
    ConflictPolicy conflict) {
  /** New id, latest version, at once. */
  public static final StartOptions DEFAULT =
      new StartOptions(null, null, null, null, Map.of(), ReusePolicy.ALLOW, ConflictPolicy.FAIL);

  /** Copies the tags. */
  public StartOptions {
    tags = Map.copyOf(tags);
  }

  /** Starts it under this id. */
  public static StartOptions id(String id) {
    return DEFAULT.withId(id);
  }

  /**
   * Starts it under this id, once: however often the start is repeated, one instance runs, and all
   * of them return it, even when it has finished.
   */
  public static StartOptions once(String id) {
    return DEFAULT
        .withId(id)
        .withReuse(ReusePolicy.USE_EXISTING)
        .withConflict(ConflictPolicy.USE_EXISTING);
  }

  /** The same under another id. */
  public StartOptions withId(String id) {
    return new StartOptions(id, version, startAt, delay, tags, reuse, conflict);
  }

  /** The same in this version. */
  public StartOptions withVersion(String version) {
    return new StartOptions(id, version, startAt, delay, tags, reuse, conflict);
  }

  /** The same, not before a time. */
  public StartOptions withStartAt(Instant time) {
    return new StartOptions(id, version, time, null, tags, reuse, conflict);
  }

  /** The same, after a time. */
  public StartOptions withDelay(Duration delay) {
    return new StartOptions(id, version, null, delay, tags, reuse, conflict);
  }

  /** The same with tags. */
  public StartOptions withTags(Map<String, String> tags) {
    return new StartOptions(id, version, startAt, delay, tags, reuse, conflict);
  }

  /** The same with another rule for ids of finished instances. */
  public StartOptions withReuse(ReusePolicy reuse) {
    return new StartOptions(id, version, startAt, delay, tags, reuse, conflict);
  }

  /** The same with another rule for ids of unfinished instances. */
  public StartOptions withConflict(ConflictPolicy conflict) {
    return new StartOptions(id, version, startAt, delay, tags, reuse, conflict);
  }
}
