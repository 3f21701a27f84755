package dev.inboard.pubsub;

import java.util.Objects;

/**
 * One event of a bulk publish.
 *
 * @param entryId names the event within the call; not empty, and unique
 * @param data as for {@link PubSub#publish(String, Object)}
 * @param options what holds for this event alone; they count more than those of the call
 */
public record BulkPublishEntry(String entryId, Object data, PublishOptions options) {
  /** Checks that nothing is null. */
  public BulkPublishEntry {
    Objects.requireNonNull(entryId, "entryId");
    Objects.requireNonNull(options, "options");
  }

  /** An event with nothing special. */
  public static BulkPublishEntry of(String entryId, Object data) {
    return new BulkPublishEntry(entryId, data, PublishOptions.DEFAULT);
  }
}
