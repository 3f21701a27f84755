package dev.inboard.internal.bindings;

import dev.inboard.Codec;
import dev.inboard.bindings.BindingEvent;
import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resiliency.Deadline;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.InboundGate.Verdict;
import dev.inboard.internal.resiliency.RetryRule;
import dev.inboard.internal.runtime.LogContext;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the events of one driver to their handler: decode, handle, try again, settle.
 *
 * <p>An event ends acknowledged because it was handled or dropped, or given back to the binding. A
 * driver that takes the place of this one needs a reader of its own. Safe for use by many threads.
 */
public final class InputBindingReader {
  private static final Logger LOG = LoggerFactory.getLogger(InputBindingReader.class);

  private final OpenedComponent<BindingDriver> component;
  private final Type type;
  private final BindingHandler<Object> handler;
  private final InputOptions options;
  private final BindingData format;
  private final RuntimeContext context;
  private final InboundGate gate;
  private final Set<Delivery> waiting = ConcurrentHashMap.newKeySet(); // for their next attempt
  private final CompletableFuture<DriverSubscription> subscription = new CompletableFuture<>();
  private final ComponentTelemetry.@Nullable Registration breakerGauge; // null: nobody listens
  private volatile boolean stopping; // set once

  /** One event under way, and the settlement for which its driver waits. */
  private final class Delivery extends CompletableFuture<Settlement>
      implements InboundGate.Waiting {
    private final InboundMessage message;
    private int attempts; // one attempt at a time, each handed over by the timer
    private long begun; // the first attempt, in System.nanoTime()
    private volatile @Nullable Future<?> next; // written when an attempt has failed

    Delivery(InboundMessage message) {
      this.message = message;
    }

    @Override
    public void resume() {
      handOver(this);
    }

    @Override
    public void giveBack() {
      complete(Settlement.REDELIVER);
    }
  }

  /** Holds the events of the binding back while the gate is shut. */
  private record Intake(DriverSubscription subscription) implements InboundGate.Intake {
    @Override
    public void hold() {
      subscription.pause();
    }

    @Override
    public void release() {
      subscription.resume();
    }
  }

  @SuppressWarnings("unchecked") // the handler was registered together with its type
  InputBindingReader(
      OpenedComponent<BindingDriver> component,
      Type type,
      BindingHandler<?> handler,
      InputOptions options,
      Codec codec,
      RuntimeContext context,
      InboundGate gate) {
    this.gate = gate;
    this.component = component;
    this.type = type;
    this.handler = (BindingHandler<Object>) handler;
    this.options = options;
    this.format = new BindingData(component.label(), codec);
    this.context = context;
    ComponentTelemetry telemetry = component.telemetry();
    this.breakerGauge =
        telemetry == null
            ? null
            : telemetry.gauge(Gauge.BREAKER_STATE, component.spec().name(), gate::breakerState);
  }

  /** Begins. Completes when events are being delivered; called once. */
  public CompletionStage<Void> start() {
    InputBindingDriver driver = (InputBindingDriver) component.driver();
    driver
        .read(options.concurrency(), this::receive)
        .whenComplete(
            (begun, failure) -> {
              if (failure == null) {
                gate.connect(new Intake(begun));
                subscription.complete(begun);
              } else {
                subscription.completeExceptionally(failure);
              }
            });
    return subscription.thenAccept(begun -> {});
  }

  /**
   * Delivers nothing more. Events that wait for their next attempt go back to the binding at once.
   *
   * @return completes when every event under way is settled
   */
  public CompletionStage<Void> stop() {
    stopping = true;
    if (breakerGauge != null) {
      breakerGauge.close();
    }
    waiting.forEach(this::giveBackIfWaiting);
    gate.close();
    return subscription.handle((begun, failure) -> begun).thenCompose(InputBindingReader::stop);
  }

  private static CompletionStage<Void> stop(@Nullable DriverSubscription begun) {
    return begun == null ? CompletableFuture.completedFuture(null) : begun.stop();
  }

  private CompletionStage<Settlement> receive(InboundMessage message) {
    Delivery delivery = new Delivery(message);
    handOver(delivery);
    return delivery;
  }

  private void handOver(Delivery delivery) {
    try {
      context.handlers().execute(() -> attempt(delivery));
    } catch (RejectedExecutionException e) { // the runtime is closing
      delivery.complete(Settlement.REDELIVER);
    }
  }

  private void attempt(Delivery delivery) {
    if (stopping) {
      delivery.complete(Settlement.REDELIVER);
      return;
    }
    Object data;
    try {
      data = format.decode(delivery.message.body(), type, "decode '" + delivery.message.id() + "'");
    } catch (InboardException e) { // another attempt would see the same bytes
      LOG.error("{}; the event goes back to the binding", e.getMessage());
      delivery.complete(Settlement.REDELIVER);
      return;
    }
    long permit = gate.admit(delivery);
    if (permit == InboundGate.WAITS) {
      return;
    }
    if (delivery.attempts++ == 0) {
      delivery.begun = System.nanoTime();
      gate.begins();
    }
    boolean handled = false;
    try {
      handled = conclude(delivery, data);
    } finally {
      gate.ended(permit, handled ? Verdict.SUCCEEDED : Verdict.FAILED);
    }
    Thread.interrupted(); // an interrupt was meant for the handler
  }

  /** Calls the handler and settles; says whether it did its work. */
  private boolean conclude(Delivery delivery, @Nullable Object data) {
    ComponentTelemetry telemetry = component.telemetry();
    String name = component.spec().name();
    Observation observation = telemetry == null ? null : telemetry.process(name, origin(delivery));
    Outcome outcome = null;
    Throwable failure = null;
    try (LogContext entered =
        observation == null ? null : LogContext.enter(name, name, observation)) {
      outcome = call(event(delivery, data), delivery);
    } catch (Exception | Error e) {
      failure = e;
    }
    if (observation != null) {
      Outcome known = outcome == null ? Outcome.RETRY : outcome;
      observation.end(known.name().toLowerCase(Locale.ROOT), failure);
    }
    boolean handled = outcome == Outcome.SUCCESS || outcome == Outcome.DROP;
    if (delivery.isDone()) {
      return handled; // given back already, because its handler was stuck
    }
    if (handled) {
      delivery.complete(Settlement.ACKNOWLEDGE);
    } else {
      retryOrGiveBack(delivery, outcome, failure);
    }
    return handled;
  }

  /** Returns the trace that an event carries as its metadata. */
  private static TraceContext origin(Delivery delivery) {
    Map<String, String> metadata = delivery.message.metadata();
    return new TraceContext(metadata.get("traceparent"), metadata.get("tracestate"));
  }

  private @Nullable Outcome call(BindingEvent<Object> event, Delivery delivery) throws Exception {
    Duration timeout = gate.rules().timeout();
    return timeout == null
        ? handler.handle(event)
        : Deadline.call(
            context.timer(),
            timeout,
            () -> handler.handle(event),
            gate::expires,
            delivery::giveBack);
  }

  @SuppressWarnings("NullAway") // null only for handlers of Void
  private BindingEvent<Object> event(Delivery delivery, @Nullable Object data) {
    InboundMessage message = delivery.message;
    return new BindingEvent<>(
        component.spec().name(),
        message.id(),
        data,
        message.metadata(),
        delivery.attempts,
        message.deliveries());
  }

  private void retryOrGiveBack(
      Delivery delivery, @Nullable Outcome outcome, @Nullable Throwable failure) {
    String id = delivery.message.id();
    String why = failure != null ? "failed" : outcome == null ? "returned null" : "said RETRY";
    RetryRule retry = retry();
    ErrorCode code = failure instanceof InboardException e ? e.code() : null;
    if (stopping
        || !retry.repeatsHandling(code)
        || !retry.allows(delivery.attempts, System.nanoTime() - delivery.begun)) {
      LOG.warn(
          "{}: event '{}': attempt {} {}; it goes back to the binding",
          component.label(),
          id,
          delivery.attempts,
          why,
          failure);
      delivery.complete(Settlement.REDELIVER);
      return;
    }
    if (retry.equals(gate.rules().retry())) {
      gate.repeats();
    }
    Duration pause = retry.pauses().delayAfter(delivery.attempts);
    LOG.debug(
        "{}: event '{}': attempt {} {}; next one in {}",
        component.label(),
        id,
        delivery.attempts,
        why,
        pause,
        failure);
    waiting.add(delivery);
    try {
      delivery.next =
          context.timer().schedule(() -> tryAgain(delivery), pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // the runtime is closing
      giveBackIfWaiting(delivery);
    }
    if (stopping) { // it began while this event was put aside
      giveBackIfWaiting(delivery);
    }
  }

  /** The options have the say, else the resource files, else our default. */
  private RetryRule retry() {
    RetryRule filed = gate.rules().retry();
    return filed == null || !options.retry().equals(InputOptions.DEFAULT.retry())
        ? RetryRule.of(options.retry())
        : filed;
  }

  private void tryAgain(Delivery delivery) {
    if (waiting.remove(delivery)) {
      handOver(delivery);
    }
  }

  private void giveBackIfWaiting(Delivery delivery) {
    if (waiting.remove(delivery)) {
      Future<?> next = delivery.next;
      if (next != null) {
        next.cancel(false);
      }
      delivery.complete(Settlement.REDELIVER);
    }
  }
}
