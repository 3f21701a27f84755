package dev.inboard.pubsub;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an event is published: its envelope, its key, how long it is of use.
 *
 * <pre>{@code
 * bus.publish("orders", order, PublishOptions.DEFAULT.withKey(order.customer()).withTtl(Duration.ofMinutes(5)));
 * }</pre>
 *
 * <p>Immutable; each method returns a changed copy.
 *
 * @param contentType what the data is; null: what its class says ({@code byte[]} is {@code
 *     application/octet-stream}, {@code String} is {@code text/plain}, everything else what the
 *     codec writes). {@code application/cloudevents+json} says that the data is a whole event,
 *     envelope included
 * @param key events of one key are handled in the order they were published, where the broker has
 *     keys; null: no key
 * @param ttl how long the event is of use, or null for ever; an event that is too old reaches no
 *     handler
 * @param delay how long the broker keeps the event back, or null; only components with {@code
 *     DELAYED_PUBLISH} can
 * @param raw whether the data is the whole body, without an envelope
 * @param attributes what the envelope says instead of the defaults
 * @param metadata headers and the publish metadata that the component's page lists. Dapr's general
 *     names ({@code rawPayload}, {@code ttlInSeconds}, {@code cloudevent.id} …) are understood too;
 *     what the other options say counts more
 */
public record PublishOptions(
    @Nullable String contentType,
    @Nullable String key,
    @Nullable Duration ttl,
    @Nullable Duration delay,
    boolean raw,
    Attributes attributes,
    Map<String, String> metadata) {
  /** An envelope with the default attributes; no key, no end. */
  public static final PublishOptions DEFAULT =
      new PublishOptions(null, null, null, null, false, Attributes.DEFAULT, Map.of());

  /** The data is the whole body. */
  public static final PublishOptions RAW =
      new PublishOptions(null, null, null, null, true, Attributes.DEFAULT, Map.of());

  /**
   * Attributes of the envelope; each that is null has its default.
   *
   * @param id by default a random UUID
   * @param source by default the app id
   * @param type by default {@code com.dapr.event.sent}
   * @param subject by default there is none
   * @param traceparent the W3C trace context, by default none
   * @param tracestate the W3C trace state, by default none
   */
  public record Attributes(
      @Nullable String id,
      @Nullable String source,
      @Nullable String type,
      @Nullable String subject,
      @Nullable String traceparent,
      @Nullable String tracestate) {
    /** All of them by default. */
    public static final Attributes DEFAULT = new Attributes(null, null, null, null, null, null);
  }

  /** Copies the metadata; checks the times. */
  public PublishOptions {
    Objects.requireNonNull(attributes, "attributes");
    metadata = Map.copyOf(metadata);
    if (ttl != null && (ttl.isNegative() || ttl.isZero())) {
      throw new IllegalArgumentException("the time to live " + ttl + " is not positive");
    }
    if (delay != null && delay.isNegative()) {
      throw new IllegalArgumentException("the delay " + delay + " is negative");
    }
  }

  /** The same for data of this content type. */
  public PublishOptions withContentType(String contentType) {
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, metadata);
  }

  /** The same with a key. */
  public PublishOptions withKey(String key) {
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, metadata);
  }

  /** The same for an event that is of use only for a while. */
  public PublishOptions withTtl(Duration ttl) {
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, metadata);
  }

  /** The same for an event that the broker keeps back for a while. */
  public PublishOptions withDelay(Duration delay) {
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, metadata);
  }

  /** The same without an envelope. */
  public PublishOptions withoutEnvelope() {
    return new PublishOptions(contentType, key, ttl, delay, true, attributes, metadata);
  }

  /** The same with one more metadata entry. */
  public PublishOptions withMetadata(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(name, value);
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, more);
  }

  /** The same with all of these metadata entries added. */
  public PublishOptions withMetadata(Map<String, String> entries) {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.putAll(entries);
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, more);
  }

  /** The same with an id of the caller's, such as one that survives a retry of the caller. */
  public PublishOptions withId(String id) {
    return with(
        new Attributes(
            id,
            attributes.source,
            attributes.type,
            attributes.subject,
            attributes.traceparent,
            attributes.tracestate));
  }

  /** The same from another source. */
  public PublishOptions withSource(String source) {
    return with(
        new Attributes(
            attributes.id,
            source,
            attributes.type,
            attributes.subject,
            attributes.traceparent,
            attributes.tracestate));
  }

  /** The same with a type, by which routes tell events apart. */
  public PublishOptions withType(String type) {
    return with(
        new Attributes(
            attributes.id,
            attributes.source,
            type,
            attributes.subject,
            attributes.traceparent,
            attributes.tracestate));
  }

  /** The same about a subject. */
  public PublishOptions withSubject(String subject) {
    return with(
        new Attributes(
            attributes.id,
            attributes.source,
            attributes.type,
            subject,
            attributes.traceparent,
            attributes.tracestate));
  }

  /** The same as part of a W3C trace. */
  public PublishOptions withTrace(String traceparent, @Nullable String tracestate) {
    return with(
        new Attributes(
            attributes.id,
            attributes.source,
            attributes.type,
            attributes.subject,
            traceparent,
            tracestate));
  }

  private PublishOptions with(Attributes attributes) {
    return new PublishOptions(contentType, key, ttl, delay, raw, attributes, metadata);
  }
}
