package dev.inboard.internal.pubsub;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.pubsub.Event;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.state.StateChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The event of one message. Attributes are looked up when they are asked for. */
final class ReceivedEvent<T> implements Event<T> {
  private final Delivery delivery;
  private final Envelope envelope;
  private final SubscriptionPlan plan;
  private final String topic;
  private final ObjectMapper mapper;
  private final @Nullable T data;
  private final int attempt;
  private final @Nullable Inboxed inbox;
  private volatile boolean committed; // by the handler

  ReceivedEvent(
      Delivery delivery,
      Envelope envelope,
      SubscriptionPlan plan,
      String topic,
      ObjectMapper mapper,
      @Nullable T data,
      @Nullable Inboxed inbox) {
    this.inbox = inbox;
    this.delivery = delivery;
    this.envelope = envelope;
    this.plan = plan;
    this.topic = topic;
    this.mapper = mapper;
    this.data = data;
    this.attempt = delivery.attempts();
  }

  private InboundMessage message() {
    return delivery.message();
  }

  @Override
  public T data() {
    if (data == null) {
      throw new IllegalStateException("the event " + id() + " has no data; ask hasData() first");
    }
    return data;
  }

  @Override
  public boolean hasData() {
    return data != null;
  }

  @Override
  public String id() {
    return envelope.attribute("id", message().id());
  }

  @Override
  public String pubsubName() {
    return plan.pubsubName();
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public String source() {
    return envelope.attribute("source", envelope.exists() ? "" : Envelope.DEFAULT_SOURCE);
  }

  @Override
  public String type() {
    return envelope.attribute("type", envelope.exists() ? "" : Envelope.DEFAULT_TYPE);
  }

  @Override
  public @Nullable String subject() {
    return envelope.attribute("subject");
  }

  @Override
  public @Nullable Instant time() {
    return envelope.time("time");
  }

  @Override
  public @Nullable String contentType() {
    return envelope.contentType();
  }

  @Override
  public @Nullable String traceparent() {
    String traceparent = envelope.trace("traceparent");
    return traceparent != null ? traceparent : envelope.trace("traceid");
  }

  @Override
  public @Nullable String tracestate() {
    return envelope.trace("tracestate");
  }

  @Override
  public Map<String, Object> extensions() {
    return envelope.extensions(mapper);
  }

  @Override
  public Map<String, String> metadata() {
    return message().metadata();
  }

  @Override
  public byte[] body() {
    return message().body();
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public int deliveries() {
    return message().deliveries();
  }

  @Override
  public List<@Nullable String> commit(List<? extends StateChange> changes) {
    if (inbox == null) {
      return Event.super.commit(changes);
    }
    if (committed) {
      throw new IllegalStateException("the event " + id() + " is committed already; commit once");
    }
    List<@Nullable String> etags = inbox.commit(this, changes);
    committed = true;
    if (etags == null) {
      throw new Inboxed.HandledBefore();
    }
    return etags;
  }

  /** Says whether the handler has committed its changes. */
  boolean isCommitted() {
    return committed;
  }

  /** Names the event; never shows its data. */
  @Override
  public String toString() {
    return "Event[" + id() + ", " + type() + ", " + pubsubName() + "/" + topic + "]";
  }
}
