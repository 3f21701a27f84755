package dev.inboard.internal.pubsub;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resiliency.Deadline;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.InboundGate.Verdict;
import dev.inboard.internal.resiliency.RetryRule;
import dev.inboard.internal.runtime.LogContext;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.DeadLetter.Reason;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one path of the messages of a subscription: decode, expired?, route, handler under its
 * policy, outcome.
 */
final class InboundPath {
  private final SubscriptionPlan plan;
  private final InboundGate gate;
  private final @Nullable Inboxed inbox;
  private final RuntimeContext context;
  private final OpenedComponent<?> component;
  private final Codec codec;
  private final TopicNames names;
  private final String brokerTopic;
  private final Workers workers;
  private final Endings endings;
  private final Set<Work> waiting = ConcurrentHashMap.newKeySet(); // for the next attempt
  private volatile InboundPolicy policy; // replaced when the rules are
  private volatile boolean closing; // set once

  InboundPath(
      SubscriptionPlan plan,
      RuntimeContext context,
      OpenedComponent<?> component,
      Codec codec,
      TopicNames names,
      Workers workers,
      Endings endings,
      InboundGate gate,
      @Nullable Inboxed inbox) {
    this.inbox = inbox;
    this.plan = plan;
    this.gate = gate;
    this.policy = InboundPolicy.of(plan.subscription(), gate.rules());
    this.context = context;
    this.component = component;
    this.codec = codec;
    this.names = names;
    this.brokerTopic = names.atBroker(plan.subscription().topic());
    this.workers = workers;
    this.endings = endings;
  }

  /** Returns what decides when a handler may run. */
  InboundGate gate() {
    return gate;
  }

  @SuppressWarnings("ReferenceEquality") // whoever changes rules makes others
  private InboundPolicy policy() {
    InboundPolicy current = policy;
    if (current.rules() != gate.rules()) {
      current = InboundPolicy.of(plan.subscription(), gate.rules());
      policy = current;
    }
    return current;
  }

  /**
   * From now on nothing is tried again, and nothing becomes a dead letter because the subscription
   * ends.
   */
  void close() {
    closing = true;
    waiting.forEach(this::stopWaiting);
    gate.close();
  }

  /** Carries out one attempt at a message that is not part of a batch. */
  void handle(Delivery delivery) {
    if (!delivery.isPrepared() && !prepare(delivery)) {
      return;
    }
    long permit = gate.admit(delivery);
    if (permit == InboundGate.WAITS) {
      return;
    }
    Verdict verdict = Verdict.UNKNOWN;
    try {
      verdict = attempt(delivery);
    } finally {
      gate.ended(permit, verdict);
    }
  }

  /** Goes on with what had to wait. */
  void resume(Work work) {
    workers.submit(work);
  }

  @SuppressWarnings("unchecked") // the event is decoded to the type that stands beside the handler
  private Verdict attempt(Delivery delivery) {
    EventHandler.Single<Object> handler = (EventHandler.Single<Object>) delivery.handler();
    ReceivedEvent<Object> event = nextAttempt(delivery, handler.type());
    if (event == null) {
      return Verdict.UNKNOWN;
    }
    Observation observation = observe(delivery);
    Outcome outcome;
    Throwable failure = null;
    try {
      outcome = call(() -> handleOnce(handler, event), delivery, observation);
    } catch (Throwable e) { // whatever a handler throws, it has not handled the event
      outcome = Outcome.RETRY;
      failure = e;
    }
    if (observation != null) {
      observation.end(outcome.name().toLowerCase(Locale.ROOT), failure);
    }
    Verdict verdict = outcome == Outcome.RETRY ? Verdict.FAILED : Verdict.SUCCEEDED;
    if (delivery.isDone()) {
      return verdict; // given back already, because its handler was stuck
    }
    if (outcome != Outcome.RETRY) {
      settle(delivery, outcome);
    } else if (mayRetry(delivery, failure)) {
      retryLater(delivery, delivery.attempts(), failure);
    } else {
      fail(delivery, failure);
    }
    return verdict;
  }

  /** Calls a handler, unless the event was handled before, and remembers that it was. */
  private Outcome handleOnce(EventHandler.Single<Object> handler, ReceivedEvent<Object> event)
      throws Exception {
    if (inbox == null) {
      return handler.handler().handle(event);
    }
    if (inbox.has(event)) {
      return Outcome.SUCCESS;
    }
    Outcome outcome;
    try {
      outcome = handler.handler().handle(event);
    } catch (Inboxed.HandledBefore e) {
      return Outcome.SUCCESS;
    }
    if (event.isCommitted()) {
      return Outcome.SUCCESS; // whatever it says: its changes have taken effect
    }
    if (outcome == Outcome.SUCCESS) {
      inbox.put(event);
    }
    return outcome;
  }

  /** Finds out what a message is and whose; says no when that settled it. */
  boolean prepare(Delivery delivery) {
    InboundMessage message = delivery.message();
    Envelope envelope =
        plan.subscription().raw() ? Envelope.none(message) : Envelope.of(message, context.mapper());
    Instant expiration = envelope.time("expiration");
    if (expiration != null && expiration.isBefore(context.clock().instant())) {
      endings.expire(delivery, topicOf(message));
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
      endings.giveUp(delivery, topicOf(message), Reason.UNROUTABLE, e);
      return false;
    }
    if (handler == null) {
      endings.ignore(delivery);
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
  @Nullable ReceivedEvent<Object> nextAttempt(Delivery delivery, Type type) {
    Envelope envelope = delivery.envelope();
    Object data;
    try {
      Content content = envelope.content();
      data = content == null ? null : content.decode(type, envelope, codec);
    } catch (Exception e) {
      endings.giveUp(
          delivery, topicOf(delivery.message()), Reason.UNDECODABLE, undecodable(type, e));
      return null;
    }
    delivery.countAttempt();
    if (delivery.attempts() == 1) {
      gate.begins();
    }
    return new ReceivedEvent<>(
        delivery, envelope, plan, topicOf(delivery.message()), context.mapper(), data, inbox);
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

  /** Begins to observe an attempt; null when nobody listens. */
  private @Nullable Observation observe(Delivery delivery) {
    ComponentTelemetry telemetry = component.telemetry();
    return telemetry == null
        ? null
        : telemetry.process(plan.subscription().topic(), Traces.of(delivery));
  }

  /** Begins to observe an attempt at several messages; null when nobody listens. */
  @Nullable Observation observe(List<Delivery> deliveries) {
    ComponentTelemetry telemetry = component.telemetry();
    return telemetry == null
        ? null
        : telemetry.processBulk(
            plan.subscription().topic(), deliveries.stream().map(Traces::of).toList());
  }

  /** Calls a handler under its timeout, and as what this thread is seen to do. */
  <R> R call(Callable<@Nullable R> handler, Work work, @Nullable Observation observation)
      throws Exception {
    if (observation == null) {
      return call(handler, work);
    }
    try (LogContext entered =
        LogContext.enter(plan.pubsubName(), plan.subscription().topic(), observation)) {
      return call(handler, work);
    }
  }

  /** Calls a handler under its timeout. */
  private <R> R call(Callable<@Nullable R> handler, Work work) throws Exception {
    Duration timeout = policy().timeout();
    if (timeout == null) {
      return required(handler.call());
    }
    return required(
        Deadline.call(
            context.timer(),
            timeout,
            handler,
            plan.subscription().timeout() == null ? gate::expires : () -> {},
            () -> {
              endings.reportStuck();
              work.giveBack();
            }));
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
      endings.drop(delivery, topicOf(delivery.message()));
    }
  }

  /** Says whether another attempt follows one that failed. */
  boolean mayRetry(Delivery delivery, @Nullable Throwable failure) {
    ErrorCode code = failure instanceof InboardException e ? e.code() : null;
    RetryRule retry = policy().retry();
    return !closing
        && retry.repeatsHandling(code)
        && retry.allows(delivery.attempts(), delivery.elapsedNanos());
  }

  void retryLater(Work work, int failedAttempts, @Nullable Throwable failure) {
    endings.reportRetry(failedAttempts, failure);
    if (plan.subscription().retry() == null) {
      gate.repeats();
    }
    waiting.add(work);
    long nanos = policy().retry().pauses().delayAfter(failedAttempts).toNanos();
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

  /** Tells who listens how the messages of an attempt ended. */
  void told(int succeeded, int retried, int dropped) {
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      telemetry.processedBulk(plan.subscription().topic(), succeeded, retried, dropped);
    }
  }

  /** Ends a message of which the last attempt has failed. */
  void fail(Delivery delivery, @Nullable Throwable failure) {
    if (closing) {
      delivery.giveBack();
    } else {
      endings.giveUp(delivery, topicOf(delivery.message()), Reason.FAILED, failure);
    }
  }
}
