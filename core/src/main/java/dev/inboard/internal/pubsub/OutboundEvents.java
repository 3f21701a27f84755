package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the message that the driver sends out of what the application publishes. */
final class OutboundEvents {
  private final OpenedComponent<PubSubDriver> component;
  private final RuntimeContext context;
  private final Codec codec;
  private final TopicNames names;
  private final TopicAccess access;
  private final EnvelopeWriter envelopes;

  OutboundEvents(
      OpenedComponent<PubSubDriver> component,
      RuntimeContext context,
      Codec codec,
      TopicNames names,
      TopicAccess access) {
    this.component = component;
    this.context = context;
    this.codec = codec;
    this.names = names;
    this.access = access;
    this.envelopes =
        new EnvelopeWriter(
            context.json(), context.clock(), context.appId(), component.spec().name());
  }

  /** Encoded data, and what it is. */
  private record Payload(byte[] bytes, String contentType, boolean trusted) {}

  /**
   * Makes the message.
   *
   * @throws InboardException {@code INVALID_ARGUMENT}, {@code PERMISSION_DENIED} or {@code
   *     UNSUPPORTED}
   */
  OutboundMessage compose(String topic, @Nullable Object data, PublishOptions given) {
    if (topic == null || topic.isBlank()) {
      throw invalid(topic, "the topic is empty", null);
    }
    access.checkPublish(topic);
    PublishOptions options = interpret(topic, given);
    Payload payload = encode(topic, data, options.contentType());
    boolean brokerExpires = options.ttl() != null && brokerHas(Feature.MESSAGE_TTL);
    if (options.delay() != null && !brokerHas(Feature.DELAYED_PUBLISH)) {
      throw unsupported(topic, "the broker cannot keep a message back; leave the delay out");
    }
    byte[] body = payload.bytes();
    String contentType = payload.contentType();
    if (options.raw()) {
      if (options.ttl() != null && !brokerExpires) {
        throw unsupported(
            topic,
            "the broker knows no time to live, and a body without envelope has no place for it;"
                + " leave one out");
      }
    } else {
      Instant expiration =
          options.ttl() == null || brokerExpires
              ? null
              : context.clock().instant().plus(options.ttl());
      body = wrap(topic, payload, options, expiration);
      contentType = ContentTypes.CLOUD_EVENT;
    }
    return new OutboundMessage(
        names.atBroker(topic),
        body,
        contentType,
        metadata(options),
        brokerExpires ? options.ttl() : null,
        options.delay());
  }

  private boolean brokerHas(Feature feature) {
    return component.driver().features().contains(feature);
  }

  private PublishOptions interpret(String topic, PublishOptions options) {
    try {
      return PublishMetadata.interpret(options);
    } catch (IllegalArgumentException e) {
      throw invalid(topic, String.valueOf(e.getMessage()), e);
    }
  }

  private Payload encode(String topic, @Nullable Object data, @Nullable String contentType) {
    if (data == null) {
      throw invalid(
          topic, "the data is null; publish an empty byte[] for an event without data", null);
    }
    if (data instanceof byte[] bytes) {
      return new Payload(bytes, contentType != null ? contentType : ContentTypes.BINARY, false);
    }
    if (data instanceof String text) {
      return new Payload(
          text.getBytes(UTF_8), contentType != null ? contentType : ContentTypes.TEXT, false);
    }
    try {
      boolean json = ContentTypes.isJson(codec.contentType());
      return new Payload(
          codec.encode(data), contentType != null ? contentType : codec.contentType(), json);
    } catch (Exception e) {
      throw invalid(topic, "the data, a " + data.getClass().getName() + ", cannot be encoded", e);
    }
  }

  private byte[] wrap(
      String topic, Payload payload, PublishOptions options, @Nullable Instant expiration) {
    if (!ContentTypes.isCloudEvent(payload.contentType())) {
      return envelopes.wrap(
          topic,
          payload.bytes(),
          payload.contentType(),
          payload.trusted(),
          options.attributes(),
          expiration);
    }
    byte[] event = envelopes.complete(topic, payload.bytes(), options.attributes(), expiration);
    if (event == null) {
      throw invalid(
          topic,
          "the content type says that the data is a whole CloudEvent, but it is no JSON object",
          null);
    }
    return event;
  }

  private static Map<String, String> metadata(PublishOptions options) {
    if (options.key() == null) {
      return options.metadata();
    }
    if (options.metadata().isEmpty()) {
      return Map.of("partitionKey", options.key());
    }
    Map<String, String> metadata = new HashMap<>(options.metadata());
    metadata.put("partitionKey", options.key());
    return metadata;
  }

  private InboardException invalid(
      @Nullable String topic, String reason, @Nullable Throwable cause) {
    return new InboardException(
        ErrorCode.INVALID_ARGUMENT, component.label(), "publish to '" + topic + "'", reason, cause);
  }

  private InboardException unsupported(String topic, String reason) {
    return new InboardException(
        ErrorCode.UNSUPPORTED, component.label(), "publish to '" + topic + "'", reason);
  }
}
