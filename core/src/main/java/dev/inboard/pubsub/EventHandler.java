package dev.inboard.pubsub;

import dev.inboard.TypeRef;
import java.lang.reflect.Type;
import java.util.Objects;

/**
 * A handler, and the type that the data of its events is decoded to.
 *
 * <p>{@code byte[]} gets the data as bytes, {@code String} as text, {@code JsonNode} and {@code
 * Object} whatever JSON it is; every other type is decoded by the component's codec, JSON by
 * default.
 */
public sealed interface EventHandler<T> {
  /** Returns the type that data is decoded to. */
  Type type();

  /** One event at a time. */
  record Single<T>(Type type, MessageHandler<T> handler) implements EventHandler<T> {
    /** Checks that nothing is null. */
    public Single {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(handler, "handler");
    }
  }

  /** Many events at a time. */
  record Bulk<T>(Type type, BulkHandler<T> handler) implements EventHandler<T> {
    /** Checks that nothing is null. */
    public Bulk {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(handler, "handler");
    }
  }

  /** Handles one event at a time. */
  static <T> EventHandler<T> of(Class<T> type, MessageHandler<T> handler) {
    return new Single<>(type, handler);
  }

  /** Handles one event at a time. */
  static <T> EventHandler<T> of(TypeRef<T> type, MessageHandler<T> handler) {
    return new Single<>(type.type(), handler);
  }

  /** Handles many events at a time. */
  static <T> EventHandler<T> bulk(Class<T> type, BulkHandler<T> handler) {
    return new Bulk<>(type, handler);
  }

  /** Handles many events at a time. */
  static <T> EventHandler<T> bulk(TypeRef<T> type, BulkHandler<T> handler) {
    return new Bulk<>(type.type(), handler);
  }
}
