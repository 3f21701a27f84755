package dev.inboard.pubsub;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Why an event is on a dead letter topic.
 *
 * <p>The body of a dead letter is the body of the original message, unchanged; what is told here
 * travels beside it, so it is there on brokers that carry metadata.
 *
 * <pre>{@code
 * .subscribe("bus", "orders-dead", Order.class, event -> {
 *   DeadLetter.of(event).ifPresent(letter -> log.warn("{} gave up after {}", letter.topic(), letter.attempts()));
 *   …
 * }
 * }</pre>
 *
 * @param reason what kind of end it was
 * @param detail the exception of the last attempt, or what else there is to say; may be empty
 * @param attempts how often a handler was called since the last delivery; 0 when none was
 * @param pubsubName the component that delivered it
 * @param topic the topic it was on, as the application names it
 * @param messageId the broker's id of the original message
 */
public record DeadLetter(
    Reason reason, String detail, int attempts, String pubsubName, String topic, String messageId) {
  /** The header that holds {@link #reason}. */
  public static final String REASON = "dead-letter-reason";

  /** The header that holds {@link #detail}. */
  public static final String DETAIL = "dead-letter-detail";

  /** The header that holds {@link #attempts}. */
  public static final String ATTEMPTS = "dead-letter-attempts";

  /** The header that holds {@link #pubsubName}, with the name that Dapr gives it. */
  public static final String PUBSUB_NAME = "pubsubName";

  /** The header that holds {@link #topic}. */
  public static final String TOPIC = "dead-letter-topic";

  /** The header that holds {@link #messageId}. */
  public static final String MESSAGE_ID = "dead-letter-message-id";

  /** What kind of end an event came to. */
  public enum Reason {
    /** Every attempt failed. */
    FAILED,
    /** A handler said {@link Outcome#DROP}. */
    DROPPED,
    /** Its time to live was over before it could be handled. */
    EXPIRED,
    /** Its data is not what the handler asks for. */
    UNDECODABLE,
    /** The condition of a route could not be evaluated for it. */
    UNROUTABLE
  }

  /** Reads what an event says about its being a dead letter; empty when it is none. */
  public static Optional<DeadLetter> of(Event<?> event) {
    Map<String, String> headers = event.metadata();
    String reason = headers.get(REASON);
    if (reason == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new DeadLetter(
              Reason.valueOf(reason.toUpperCase(Locale.ROOT)),
              headers.getOrDefault(DETAIL, ""),
              Integer.parseInt(headers.getOrDefault(ATTEMPTS, "0")),
              headers.getOrDefault(PUBSUB_NAME, ""),
              headers.getOrDefault(TOPIC, ""),
              headers.getOrDefault(MESSAGE_ID, "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // headers of somebody else
    }
  }
}
