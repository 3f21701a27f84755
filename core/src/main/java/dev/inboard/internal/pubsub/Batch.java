package dev.inboard.internal.pubsub;

import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.InboundGate.Verdict;
import dev.inboard.pubsub.BulkHandler;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.telemetry.Observation;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages that are handled together. Each is settled by itself. */
final class Batch implements Work {
  private final InboundPath path;
  private final List<Delivery> deliveries;

  Batch(InboundPath path, List<Delivery> deliveries) {
    this.path = path;
    this.deliveries = deliveries;
  }

  /** Hands each handler its share, in the order of arrival. */
  @Override
  public void run() {
    Map<EventHandler<?>, List<Delivery>> shares = new LinkedHashMap<>();
    for (Delivery delivery : deliveries) {
      if (delivery.isPrepared() || path.prepare(delivery)) {
        shares.computeIfAbsent(delivery.handler(), handler -> new ArrayList<>()).add(delivery);
      }
    }
    shares.forEach(
        (handler, share) -> {
          if (handler instanceof EventHandler.Bulk<?> bulk) {
            handle(bulk, share);
          } else {
            share.forEach(path::handle);
          }
        });
  }

  @SuppressWarnings(
      "unchecked") // the events are decoded to the type that stands beside the handler
  private void handle(EventHandler.Bulk<?> bulk, List<Delivery> share) {
    BulkHandler<Object> handler = ((EventHandler.Bulk<Object>) bulk).handler();
    // What waited must ask again itself; it has one handler, as its shares show.
    Batch batch = share.size() == deliveries.size() ? this : new Batch(path, share);
    long permit = path.gate().admit(batch);
    if (permit == InboundGate.WAITS) {
      return;
    }
    Verdict verdict = Verdict.UNKNOWN;
    try {
      verdict = attempt(bulk.type(), handler, share);
    } finally {
      path.gate().ended(permit, verdict);
    }
  }

  private Verdict attempt(Type type, BulkHandler<Object> handler, List<Delivery> share) {
    List<Delivery> decoded = new ArrayList<>(share.size());
    List<Event<Object>> events = new ArrayList<>(share.size());
    for (Delivery delivery : share) {
      Event<Object> event = path.nextAttempt(delivery, type);
      if (event != null) {
        decoded.add(delivery);
        events.add(event);
      }
    }
    if (events.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    Observation observation = path.observe(decoded);
    BulkOutcome outcome;
    Throwable failure = null;
    try {
      Batch batch = new Batch(path, decoded);
      outcome = path.call(() -> handler.handle(List.copyOf(events)), batch, observation);
    } catch (Throwable e) { // whatever a handler throws, it has not handled the events
      outcome = BulkOutcome.of(Outcome.RETRY);
      failure = e;
    }
    boolean anyHandled = settle(decoded, events, outcome, failure);
    if (observation != null) {
      observation.end(anyHandled ? "success" : "retry", failure);
    }
    return anyHandled ? Verdict.SUCCEEDED : Verdict.FAILED;
  }

  /** Settles each by itself; says whether any of them was handled. */
  private boolean settle(
      List<Delivery> decoded,
      List<Event<Object>> events,
      BulkOutcome outcome,
      @Nullable Throwable failure) {
    List<Delivery> failed = new ArrayList<>();
    int dropped = 0;
    for (int i = 0; i < decoded.size(); i++) {
      Outcome single = outcome.outcomeOf(events.get(i));
      dropped += single == Outcome.DROP ? 1 : 0;
      if (decoded.get(i).isDone()) {
        continue; // given back already, because its handler was stuck
      }
      if (single == Outcome.RETRY) {
        failed.add(decoded.get(i));
      } else {
        path.settle(decoded.get(i), single);
      }
    }
    path.told(decoded.size() - failed.size() - dropped, failed.size(), dropped);
    boolean anyHandled = failed.size() < decoded.size();
    if (failed.isEmpty()) {
      return anyHandled;
    }
    if (path.mayRetry(failed.get(0), failure)) {
      path.retryLater(new Batch(path, failed), failed.get(0).attempts(), failure);
    } else {
      for (Delivery delivery : failed) {
        path.fail(delivery, failure);
      }
    }
    return anyHandled;
  }

  @Override
  public void resume() {
    path.resume(this);
  }

  @Override
  public void giveBack() {
    deliveries.forEach(Delivery::giveBack);
  }
}
