package dev.inboard.internal.pubsub;

import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.Request;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Publishes what cannot be handled: the body as it came, the reason beside it. */
final class DeadLetters {
  private static final int LONGEST_DETAIL = 500;
  private static final int TIMEOUT_SECONDS = 30;

  private final DriverCalls<PubSubDriver> calls;
  private final String pubsubName;
  private final String brokerTopic;

  DeadLetters(DriverCalls<PubSubDriver> calls, String pubsubName, String brokerTopic) {
    this.calls = calls;
    this.pubsubName = pubsubName;
    this.brokerTopic = brokerTopic;
  }

  /** Publishes a message; completes when the broker has it. */
  CompletableFuture<@Nullable Void> publish(
      Delivery delivery, String topic, DeadLetter.Reason reason, @Nullable Throwable failure) {
    InboundMessage original = delivery.message();
    Map<String, String> metadata = inherited(original);
    metadata.put(DeadLetter.REASON, reason.name().toLowerCase(Locale.ROOT));
    metadata.put(DeadLetter.DETAIL, detail(failure));
    metadata.put(DeadLetter.ATTEMPTS, Integer.toString(delivery.attempts()));
    metadata.put(DeadLetter.PUBSUB_NAME, pubsubName);
    metadata.put(DeadLetter.TOPIC, topic);
    metadata.put(DeadLetter.MESSAGE_ID, original.id());
    OutboundMessage letter =
        new OutboundMessage(
            brokerTopic, original.body(), original.contentType(), metadata, null, null);
    Request<PubSubDriver, @Nullable Void, @Nullable Void> request =
        new Request<>(
            "publish a dead letter to",
            brokerTopic,
            driver -> driver.publish(letter),
            Function.identity());
    return calls.start(() -> request).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Copies the headers, but of the broker's own fields ({@code __offset} and its like) only the
   * key: the others would be wrong for the letter.
   */
  private static Map<String, String> inherited(InboundMessage original) {
    Map<String, String> metadata = new HashMap<>();
    original
        .metadata()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("__") && !name.equals("partitionNumber")) {
                metadata.put(name, value);
              }
            });
    String key = original.metadata().get("__key");
    if (key != null) {
      metadata.put("__key", key);
    }
    if (original.contentType() != null) {
      metadata.putIfAbsent("content-type", original.contentType());
    }
    return metadata;
  }

  private static String detail(@Nullable Throwable failure) {
    if (failure == null) {
      return "";
    }
    String text = failure.toString();
    return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL) + "…";
  }
}
