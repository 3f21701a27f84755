package dev.inboard.pubsub;

import dev.inboard.state.StateChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as a handler gets it: the data, and what its CloudEvents envelope and the broker say
 * about it.
 *
 * <p>A message without an envelope (published raw, or by somebody who knows no CloudEvents) is an
 * event too: its body is the data, and the attributes have the values that Dapr gives such a
 * message.
 *
 * <p>Immutable, except for what {@link #data} and {@link #body} hand out. Safe for use by many
 * threads.
 *
 * @param <T> what the data is decoded to
 */
public interface Event<T> {
  /**
   * Returns the data, decoded to the type that the handler was registered with.
   *
   * @throws IllegalStateException when the event has none; see {@link #hasData}
   */
  T data();

  /** Says whether the event has data: not none at all, and not JSON's null. */
  boolean hasData();

  /**
   * Returns the publisher's id of the event; the broker's id of the message when there is no
   * envelope.
   */
  String id();

  /** Returns the component it came from. */
  String pubsubName();

  /** Returns the topic it came on, as the application names it. */
  String topic();

  /**
   * Returns who published it: by default the publisher's app id. Empty when the envelope does not
   * say.
   */
  String source();

  /**
   * Returns what happened, such as {@code com.dapr.event.sent}. Empty when the envelope does not
   * say.
   */
  String type();

  /** Returns what it happened to, or null. */
  @Nullable String subject();

  /**
   * Returns when it happened, or null when the envelope does not say, or not in a way that can be
   * read.
   */
  @Nullable Instant time();

  /**
   * Returns what the data was when it was published, such as {@code application/json}, or null when
   * nobody said.
   */
  @Nullable String contentType();

  /** Returns the W3C trace context of the publisher, or null. */
  @Nullable String traceparent();

  /** Returns the W3C trace state of the publisher, or null. */
  @Nullable String tracestate();

  /**
   * Returns all other attributes of the envelope, such as extensions and those of Dapr ({@code
   * topic}, {@code traceid}, …): texts, numbers (exact), truth values, lists, maps.
   */
  Map<String, Object> extensions();

  /**
   * Returns the headers and broker fields that came beside the body; see the component's page for
   * their names.
   */
  Map<String, String> metadata();

  /** Returns the whole body as it came from the broker, envelope included. Do not change it. */
  byte[] body();

  /**
   * Returns how often the runtime has tried to have it handled since the broker delivered it, this
   * time included.
   */
  int attempt();

  /**
   * Returns how often the broker has delivered it so far, this time included; 0 when the broker
   * does not count.
   */
  int deliveries();

  /**
   * Carries out a transaction on the state store of the subscription's {@link Inbox}, exactly once
   * for this event: when the event is delivered again, or to somebody else at the same time, the
   * changes of one delivery take effect, and its handler alone goes on.
   *
   * <p>Call it once, and last. When the store has an outbox, its events are part of the
   * transaction.
   *
   * @return the new ETag per change, null for deletions and events
   * @throws IllegalStateException when the subscription has no inbox, or when it is called twice
   * @throws dev.inboard.common.InboardException as {@code StateStore.transaction} does
   */
  default List<@Nullable String> commit(List<? extends StateChange> changes) {
    throw new IllegalStateException(
        "the subscription has no inbox; give it one by TopicSubscription.withInbox");
  }
}
