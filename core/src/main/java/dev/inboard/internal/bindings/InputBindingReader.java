package dev.inboard.internal.bindings;

import dev.inboard.Codec;
import dev.inboard.bindings.BindingEvent;
import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.lang.reflect.Type;
import java.time.Duration;
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
  private final Set<Delivery> waiting = ConcurrentHashMap.newKeySet(); // for their next attempt
  private final CompletableFuture<DriverSubscription> subscription = new CompletableFuture<>();
  private volatile boolean stopping; // set once

  /** One event under way, and the settlement for which its driver waits. */
  private static final class Delivery extends CompletableFuture<Settlement> {
    private final InboundMessage message;
    private int attempts; // one attempt at a time, each handed over by the timer
    private volatile @Nullable Future<?> next; // written when an attempt has failed

    Delivery(InboundMessage message) {
      this.message = message;
    }
  }

  @SuppressWarnings("unchecked") // the handler was registered together with its type
  InputBindingReader(
      OpenedComponent<BindingDriver> component,
      Type type,
      BindingHandler<?> handler,
      InputOptions options,
      Codec codec,
      RuntimeContext context) {
    this.component = component;
    this.type = type;
    this.handler = (BindingHandler<Object>) handler;
    this.options = options;
    this.format = new BindingData(component.label(), codec);
    this.context = context;
  }

  /** Begins. Completes when events are being delivered; called once. */
  public CompletionStage<Void> start() {
    InputBindingDriver driver = (InputBindingDriver) component.driver();
    driver
        .read(options.concurrency(), this::receive)
        .whenComplete(
            (begun, failure) -> {
              if (failure == null) {
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
    waiting.forEach(this::giveBackIfWaiting);
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
    delivery.attempts++;
    conclude(delivery, data);
    Thread.interrupted(); // an interrupt was meant for the handler
  }

  private void conclude(Delivery delivery, @Nullable Object data) {
    Outcome outcome = null;
    Throwable failure = null;
    try {
      outcome = handler.handle(event(delivery, data));
    } catch (Exception | Error e) {
      failure = e;
    }
    if (outcome == Outcome.SUCCESS || outcome == Outcome.DROP) {
      delivery.complete(Settlement.ACKNOWLEDGE);
    } else {
      retryOrGiveBack(delivery, outcome, failure);
    }
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
    if (stopping || !options.retry().allowsRetryAfter(delivery.attempts)) {
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
    Duration pause = options.retry().delayAfter(delivery.attempts);
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
