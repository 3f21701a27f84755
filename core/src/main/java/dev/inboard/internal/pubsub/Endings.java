package dev.inboard.internal.pubsub;

import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.pubsub.DeadLetter.Reason;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the messages of a subscription end: acknowledged because they were handled or are of no use;
 * acknowledged because their dead letter is safe; given back to the broker.
 */
final class Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

  private final @Nullable DeadLetters deadLetters;
  private final String label; // as every line in the log begins
  private final String topic;
  private final OpenedComponent<?> component;

  Endings(
      @Nullable DeadLetters deadLetters, String label, String topic, OpenedComponent<?> component) {
    this.deadLetters = deadLetters;
    this.label = label;
    this.topic = topic;
    this.component = component;
  }

  /** Ends a message for which its handler found no use. */
  void drop(Delivery delivery, String topic) {
    LOG.warn("{}: message {} was dropped by its handler", label, delivery.message().id());
    forget(delivery, topic, Reason.DROPPED);
  }

  /** Ends a message that came too late. */
  void expire(Delivery delivery, String topic) {
    LOG.debug("{}: message {} has expired", label, delivery.message().id());
    forget(delivery, topic, Reason.EXPIRED);
  }

  private void forget(Delivery delivery, String topic, Reason reason) {
    if (deadLetters == null) {
      delivery.complete(Settlement.ACKNOWLEDGE);
    } else {
      bury(deadLetters, delivery, topic, reason, null);
    }
  }

  /** Ends a message that nobody asks for. */
  void ignore(Delivery delivery) {
    LOG.debug(
        "{}: message {} matches no route and is acknowledged", label, delivery.message().id());
    delivery.complete(Settlement.ACKNOWLEDGE);
  }

  /** Ends a message that could not be handled. */
  void giveUp(Delivery delivery, String topic, Reason reason, @Nullable Throwable failure) {
    LOG.warn(
        "{}: message {} is {} after {} attempts and {}",
        label,
        delivery.message().id(),
        reason,
        delivery.attempts(),
        deadLetters == null ? "goes back to the broker" : "becomes a dead letter",
        failure);
    if (deadLetters == null) {
      delivery.giveBack();
    } else {
      bury(deadLetters, delivery, topic, reason, failure);
    }
  }

  private void bury(
      DeadLetters letters,
      Delivery delivery,
      String topic,
      Reason reason,
      @Nullable Throwable failure) {
    var unused =
        letters
            .publish(delivery, topic, reason, failure)
            .whenComplete((done, trouble) -> buried(delivery, reason, trouble));
  }

  private void buried(Delivery delivery, Reason reason, @Nullable Throwable trouble) {
    if (trouble == null) {
      ComponentTelemetry telemetry = component.telemetry();
      if (telemetry != null) {
        telemetry.deadLettered(topic, reason.name().toLowerCase(Locale.ROOT));
      }
      delivery.complete(Settlement.ACKNOWLEDGE);
      return;
    }
    LOG.error(
        "{}: the dead letter of message {} could not be published; the message goes back to the broker",
        label,
        delivery.message().id(),
        trouble);
    delivery.giveBack();
  }

  /** Tells of an attempt that is not the last one. */
  void reportRetry(int attempt, @Nullable Throwable failure) {
    LOG.debug("{}: attempt {} has failed and is repeated", label, attempt, failure);
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      telemetry.retried(topic);
    }
  }

  /** Tells of a handler that cannot be stopped. */
  void reportStuck() {
    LOG.error(
        "{}: a handler ignores that it was interrupted; its messages go back to the broker", label);
  }
}
