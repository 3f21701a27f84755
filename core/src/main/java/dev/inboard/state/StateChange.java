package dev.inboard.state;

import dev.inboard.pubsub.PublishOptions;
import org.jspecify.annotations.Nullable;

/**
 * One write, deletion or event, as transactions take them. Bulk calls take writes or deletions.
 *
 * <pre>{@code
 * orders.transaction(
 *     List.of(
 *         StateChange.save("17", order),
 *         StateChange.delete("cart-17"),
 *         StateChange.event("17", new OrderPlaced("17"))));
 * }</pre>
 */
public sealed interface StateChange {
  /** Returns the key as the application writes it. */
  String key();

  /** Writes an entry, whatever was there before. */
  static Save save(String key, Object value) {
    return new Save(key, value, SaveOptions.DEFAULT);
  }

  /** Writes an entry under conditions, or for a while. */
  static Save save(String key, Object value, SaveOptions options) {
    return new Save(key, value, options);
  }

  /** Deletes an entry, if there is one. */
  static Delete delete(String key) {
    return new Delete(key, null);
  }

  /** Deletes an entry if it still has an ETag. */
  static Delete delete(String key, @Nullable String etag) {
    return new Delete(key, SaveOptions.checkedEtag(etag, "delete"));
  }

  /**
   * Publishes an event if, and only if, the transaction is committed. Only stores with an outbox
   * can; see their fields {@code outboxPublishPubsub} and {@code outboxPublishTopic}.
   *
   * <p>There, every write of a transaction is published by itself. An event of the same key takes
   * the place of that: it says what others are to know of the write. An event may also stand alone,
   * or beside a deletion.
   *
   * @param key events of one key are published in the order in which their transactions were
   *     committed
   * @param data as {@code PubSub.publish} takes it
   */
  static Event event(String key, Object data) {
    return new Event(key, data, PublishOptions.DEFAULT);
  }

  /**
   * Publishes an event with other attributes of its envelope. See {@link #event(String, Object)}.
   *
   * @param options time to live, delay and a body without envelope are not possible here
   */
  static Event event(String key, Object data, PublishOptions options) {
    return new Event(key, data, options);
  }

  /**
   * An event to publish. Its {@link #toString} does not show the data.
   *
   * @param data not null
   */
  record Event(String key, Object data, PublishOptions options) implements StateChange {
    @Override
    public String toString() {
      return "Event['" + key + "']";
    }
  }

  /**
   * A write. Its {@link #toString} does not show the value.
   *
   * @param value not null
   */
  record Save(String key, Object value, SaveOptions options) implements StateChange {
    @Override
    public String toString() {
      return "Save['" + key + "', " + options + "]";
    }
  }

  /**
   * A deletion.
   *
   * @param etag the ETag that the live entry must have; null: any, and none at all will do
   */
  record Delete(String key, @Nullable String etag) implements StateChange {
    /** Checks the ETag. */
    public Delete {
      if (etag != null) {
        SaveOptions.checkedEtag(etag, "delete");
      }
    }
  }
}
