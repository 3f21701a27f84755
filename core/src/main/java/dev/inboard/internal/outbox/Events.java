package dev.inboard.internal.outbox;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.PublishOptions.Attributes;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.telemetry.TraceContext;
import dev.inboard.state.StateChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Makes the events of a transaction: one for each write, or what the transaction names in its
 * place.
 */
final class Events {
  private static final String ID = "outbox-"; // as a sidecar's

  private final String component;
  private final DefaultPubSub pubSub;
  private final String topic;

  /**
   * A finished event; those of one key leave in their order.
   *
   * @param trace what it carries
   */
  record Ready(String key, String id, OutboundMessage message, TraceContext trace) {}

  Events(String component, DefaultPubSub pubSub, String topic) {
    this.component = component;
    this.pubSub = pubSub;
    this.topic = topic;
  }

  List<Ready> of(List<? extends StateChange> changes) {
    Set<String> named = new HashSet<>();
    for (StateChange change : changes) {
      if (change instanceof StateChange.Event) {
        named.add(change.key());
      }
    }
    List<Ready> events = new ArrayList<>();
    for (StateChange change : changes) {
      if (change instanceof StateChange.Event event) {
        events.add(ready(event.key(), event.data(), event.options()));
      } else if (change instanceof StateChange.Save save && !named.contains(save.key())) {
        events.add(ready(save.key(), save.value(), options(save)));
      }
    }
    return events;
  }

  private static PublishOptions options(StateChange.Save save) {
    String contentType = save.options().contentType();
    return contentType == null
        ? PublishOptions.DEFAULT
        : PublishOptions.DEFAULT.withContentType(contentType);
  }

  private Ready ready(String key, Object data, PublishOptions options) {
    if (key.isEmpty()) {
      throw invalid(key, "the key is empty");
    }
    if (options.ttl() != null || options.delay() != null || options.raw()) {
      throw invalid(
          key, "an event of a transaction has no time to live, no delay, and an envelope");
    }
    String given = options.attributes().id();
    String id = given == null ? ID + UUID.randomUUID() : given;
    PublishOptions complete = options.withId(id);
    if (options.key() == null) {
      complete = complete.withKey(key);
    }
    complete = pubSub.created(topic, complete);
    Attributes attributes = complete.attributes();
    return new Ready(
        key,
        id,
        pubSub.compose(topic, data, complete),
        new TraceContext(attributes.traceparent(), attributes.tracestate()));
  }

  private InboardException invalid(String key, String reason) {
    return new InboardException(
        ErrorCode.INVALID_ARGUMENT, component, "event of '" + key + "'", reason);
  }
}
