package dev.inboard.internal.pubsub;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.DeadLetter.Reason;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path of the messages of a subscription: decode, expired?, route, handler under its
 * policy, outcome, settlement.
 *
 * <p>A message ends in one of three ways: acknowledged because it was handled or is of no use;
 * acknowledged because its dead letter is safe; given back to the broker.
 */
final class InboundPath {
  private static final Logger LOG = LoggerFactory.getLogger(InboundPath.class);

  private final SubscriptionPlan plan;
  private final InboundPolicy policy;
  private final RuntimeContext context;
  private final Codec codec;
  private final TopicNames names;
  private final String brokerTopic;
  private final Workers workers;
  private final @Nullable DeadLetters deadLetters;
  private final String label; // as every line in the log begins
  private final Set<Work> waiting = ConcurrentHashMap.newKeySet(); // for the next attempt
  private volatile boolean closing; // set once

  InboundPath(
      SubscriptionPlan plan,
      RuntimeContext context,
      Codec codec,
      TopicNames names,
      Workers workers,
      @Nullable DeadLetters deadLetters,
      String component) {
    this.plan = plan;
    this.policy = InboundPolicy.of(plan.subscription());
    this.context = context;
    this.codec = codec;
    this.names = names;
    this.brokerTopic = names.atBroker(plan.subscription().topic());
    this.workers = workers;
    this.deadLetters = deadLetters;
    this.label = component + ": topic '" + plan.subscription().topic() + "'";
  }

  /**
   * From now on nothing is tried again, and nothing becomes a dead letter because the subscription
   * ends.
   */
  void close() {
    closing = true;
    waiting.forEach(this::stopWaiting);
  }

  /** Carries out one attempt at a message that is not part of a batch. */
  @SuppressWarnings("unchecked") // the event is decoded to the type that stands beside the handler
  void handle(Delivery delivery) {
    if (!delivery.isPrepared() && !prepare(delivery)) {
      return;
    }
    EventHandler.Single<Object> handler = (EventHandler.Single<Object>) delivery.handler();
    Event<Object> event = nextAttempt(delivery, handler.type());
    if (event == null) {
      return;
    }
    Outcome outcome;
    Throwable failure = null;
    try {
      outcome = call(() -> handler.handler().handle(event), delivery);
    } catch (Throwable e) { // whatever a handler throws, it has not handled the event
      outcome = Outcome.RETRY;
      failure = e;
    }
    if (outcome != Outcome.RETRY) {
      settle(delivery, outcome);
    } else if (mayRetry(delivery.attempts())) {
      retryLater(delivery, delivery.attempts(), failure);
    } else {
      fail(delivery, failure);
    }
  }

  /** Finds out what a message is and whose; says no when that settled it. */
  boolean prepare(Delivery delivery) {
    InboundMessage message = delivery.message();
    Envelope envelope =
        plan.subscription().raw() ? Envelope.none(message) : Envelope.of(message, context.mapper());
    Instant expiration = envelope.time("expiration");
    if (expiration != null && expiration.isBefore(context.clock().instant())) {
      forget(delivery, Reason.EXPIRED);
      return false;
    }
    EventHandler<?> handler;
    try {
      handler =
          plan.handlerFor(
              () ->
                  EventVariables.of(
                      envelope, message, topicOf(message), plan.pubsubName(), context.mapper()));
    } catch (IllegalArgumentException e) {
      giveUp(delivery, Reason.UNROUTABLE, e);
      return false;
    }
    if (handler == null) {
      LOG.debug("{}: message {} matches no route and is acknowledged", label, message.id());
      delivery.complete(Settlement.ACKNOWLEDGE);
      return false;
    }
    delivery.prepared(envelope, handler);
    return true;
  }

  private String topicOf(InboundMessage message) {
    return message.topic().equals(brokerTopic)
        ? plan.subscription().topic()
        : names.inApplication(message.topic());
  }

  /** Makes the event for the next attempt; null when the data is not what the handler asks for. */
  @Nullable Event<Object> nextAttempt(Delivery delivery, Type type) {
    Envelope envelope = delivery.envelope();
    Object data;
    try {
      Content content = envelope.content();
      data = content == null ? null : content.decode(type, envelope, codec);
    } catch (Exception e) {
      giveUp(delivery, Reason.UNDECODABLE, undecodable(type, e));
      return null;
    }
    delivery.countAttempt();
    return new ReceivedEvent<>(
        delivery, envelope, plan, topicOf(delivery.message()), context.mapper(), data);
  }

  /** Says what is wrong with the data without showing it. */
  private static InboardException undecodable(Type type, Exception failure) {
    String where =
        failure instanceof JsonProcessingException json && json.getLocation() != null
            ? " at line "
                + json.getLocation().getLineNr()
                + ", column "
                + json.getLocation().getColumnNr()
            : "";
    return new InboardException(
        ErrorCode.DATA_LOSS,
        null,
        "decode to " + type.getTypeName(),
        failure.getClass().getSimpleName() + where);
  }

  /** Calls a handler under its timeout. */
  <R> R call(Callable<@Nullable R> handler, Work work) throws Throwable {
    if (policy.timeout() == null) {
      return required(handler.call());
    }
    Deadline deadline =
        Deadline.start(
            context.timer(),
            policy.timeout(),
            () -> {
              LOG.error(
                  "{}: a handler ignores that it was interrupted; its messages go back to the broker",
                  label);
              work.giveBack();
            });
    R result = null;
    Throwable failure = null;
    try {
      result = handler.call();
    } catch (Throwable e) {
      failure = e;
    }
    if (deadline.end() && result == null) {
      throw new InboardException(
          ErrorCode.TIMEOUT,
          null,
          "handle",
          "it was interrupted after " + policy.timeout(),
          failure);
    }
    if (failure != null) {
      throw failure;
    }
    return required(result);
  }

  private static <R> R required(@Nullable R result) {
    if (result == null) {
      throw new IllegalStateException("the handler returned null instead of an outcome");
    }
    return result;
  }

  /** Ends a message whose handler came to an end with it. */
  void settle(Delivery delivery, Outcome outcome) {
    if (outcome == Outcome.SUCCESS) {
      delivery.complete(Settlement.ACKNOWLEDGE);
    } else {
      LOG.warn("{}: message {} was dropped by its handler", label, delivery.message().id());
      forget(delivery, Reason.DROPPED);
    }
  }

  boolean mayRetry(int failedAttempts) {
    return !closing && policy.retry().allowsRetryAfter(failedAttempts);
  }

  void retryLater(Work work, int failedAttempts, @Nullable Throwable failure) {
    LOG.debug("{}: attempt {} failed and is repeated", label, failedAttempts, failure);
    waiting.add(work);
    long nanos = policy.retry().delayAfter(failedAttempts).toNanos();
    try {
      var unused = context.timer().schedule(() -> retryNow(work), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      stopWaiting(work);
    }
    if (closing) {
      stopWaiting(work);
    }
  }

  private void retryNow(Work work) {
    if (waiting.remove(work)) {
      workers.submit(work);
    }
  }

  private void stopWaiting(Work work) {
    if (waiting.remove(work)) {
      work.giveBack();
    }
  }

  /** Ends a message of which the last attempt has failed. */
  void fail(Delivery delivery, @Nullable Throwable failure) {
    if (closing) {
      delivery.giveBack();
    } else {
      giveUp(delivery, Reason.FAILED, failure);
    }
  }

  private void giveUp(Delivery delivery, Reason reason, @Nullable Throwable failure) {
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
      bury(deadLetters, delivery, reason, failure);
    }
  }

  /** Ends a message of no use: nobody misses it if it cannot become a dead letter. */
  private void forget(Delivery delivery, Reason reason) {
    LOG.debug("{}: message {} is {}", label, delivery.message().id(), reason);
    if (deadLetters == null) {
      delivery.complete(Settlement.ACKNOWLEDGE);
    } else {
      bury(deadLetters, delivery, reason, null);
    }
  }

  private void bury(
      DeadLetters letters, Delivery delivery, Reason reason, @Nullable Throwable failure) {
    if (delivery.isDone()) {
      return; // given back already, because its handler was stuck
    }
    var unused =
        letters
            .publish(delivery, topicOf(delivery.message()), reason, failure)
            .whenComplete(
                (done, trouble) -> {
                  if (trouble == null) {
                    delivery.complete(Settlement.ACKNOWLEDGE);
                  } else {
                    LOG.error(
                        "{}: the dead letter of message {} could not be published; the message goes back to the broker",
                        label,
                        delivery.message().id(),
                        trouble);
                    delivery.giveBack();
                  }
                });
  }
}
