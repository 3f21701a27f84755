package dev.inboard.internal.pubsub;

import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.pubsub.Subscription;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A subscription that runs: its link to the driver in charge, and the path behind it. */
final class RunningSubscription implements Subscription, InboundGate.Intake {
  private final String topic;
  private final SubscriptionSpec spec;
  private final OpenedComponent<PubSubDriver> component;
  private final DriverCalls<PubSubDriver> calls;
  private final Workers workers;
  private final InboundPath path;
  private final MessageReceiver receiver;
  private final Consumer<RunningSubscription> onEnd;
  private final List<ComponentTelemetry.Registration> gauges = new ArrayList<>();

  // Guarded by this.
  private @Nullable DriverSubscription link;
  private CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
  private boolean paused; // by the application
  private boolean held; // by the gate
  private @Nullable CompletableFuture<Void> ended; // null: it runs

  RunningSubscription(
      String topic,
      SubscriptionSpec spec,
      OpenedComponent<PubSubDriver> component,
      DriverCalls<PubSubDriver> calls,
      Workers workers,
      InboundPath path,
      MessageReceiver receiver,
      Consumer<RunningSubscription> onEnd) {
    this.topic = topic;
    this.spec = spec;
    this.component = component;
    this.calls = calls;
    this.workers = workers;
    this.path = path;
    this.receiver = receiver;
    this.onEnd = onEnd;
    path.gate().connect(this);
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      gauges.add(telemetry.gauge(Gauge.QUEUE_DEPTH, topic, workers::waiting));
      gauges.add(telemetry.gauge(Gauge.CONSUMER_LAG, topic, () -> lag().orElse(-1)));
      gauges.add(telemetry.gauge(Gauge.BREAKER_STATE, topic, path.gate()::breakerState));
    }
  }

  /**
   * Subscribes at the driver in charge. Called again after another one has taken over; the messages
   * under way are then settled with the old one.
   */
  CompletableFuture<Subscription> connect() {
    return calls
        .start(
            () ->
                new Request<PubSubDriver, Boolean, Boolean>(
                    "subscribe to",
                    topic,
                    driver ->
                        driver.subscribe(spec, receiver).thenApply(made -> joined(driver, made)),
                    current -> current))
        .thenCompose(current -> current ? CompletableFuture.completedFuture(this) : connect());
  }

  /** Takes a new link into use; says no when its driver is in charge no more. */
  private boolean joined(PubSubDriver driver, DriverSubscription made) {
    DriverSubscription before;
    synchronized (this) {
      if (ended != null) {
        var unused = made.stop();
        return true; // it was closed meanwhile
      }
      if (component.driver() != driver) {
        var unused = made.stop();
        return link != null;
      }
      before = link;
      link = made;
      if (paused || held) {
        made.pause();
      }
    }
    if (before != null) {
      CompletableFuture<Void> settled = settled(before);
      synchronized (this) {
        drained = CompletableFuture.allOf(drained, settled);
      }
    }
    return true;
  }

  /** Stops a link; completes when what is under way on it is settled, and never fails. */
  private static CompletableFuture<Void> settled(DriverSubscription link) {
    return link.stop().<Void>handle((done, failure) -> null).toCompletableFuture();
  }

  /** Completes when nothing is under way on the links that were left. */
  synchronized CompletableFuture<Void> drained() {
    return drained;
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public synchronized void pause() {
    paused = true;
    flowOrNot();
  }

  @Override
  public synchronized void resume() {
    paused = false;
    flowOrNot();
  }

  @Override
  public synchronized void hold() {
    held = true;
    flowOrNot();
  }

  @Override
  public synchronized void release() {
    held = false;
    flowOrNot();
  }

  private void flowOrNot() {
    if (link == null) {
      return;
    }
    if (paused || held) {
      link.pause();
    } else {
      link.resume();
    }
  }

  @Override
  public synchronized boolean isPaused() {
    return paused;
  }

  @Override
  public OptionalLong lag() {
    DriverSubscription current;
    synchronized (this) {
      current = link;
    }
    return current == null ? OptionalLong.empty() : current.lag();
  }

  /** Takes nothing more. Completes when every message under way is settled. */
  CompletableFuture<Void> stop() {
    DriverSubscription last;
    CompletableFuture<Void> end = new CompletableFuture<>();
    synchronized (this) {
      if (ended != null) {
        return ended;
      }
      ended = end;
      last = link;
    }
    CompletableFuture<Void> settled =
        last == null ? drained() : CompletableFuture.allOf(settled(last), drained());
    path.close();
    if (receiver instanceof BatchReceiver batches) {
      batches.flush();
    }
    var unused =
        settled.whenComplete(
            (done, failure) -> {
              gauges.forEach(ComponentTelemetry.Registration::close);
              onEnd.accept(this);
              end.complete(null);
            });
    return end;
  }

  /** Waits no longer: what has not begun goes back to the broker, and what runs is interrupted. */
  void abort() {
    workers.abort();
  }

  @Override
  public void close() {
    CompletableFuture<Void> end = stop();
    if (workers.areCurrent()) {
      return; // it would wait for itself
    }
    try {
      end.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a subscription never fails", e);
    }
  }
}
