package dev.inboard.examples.quickstart;

import dev.inboard.Inboard;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The application on Inboard: takes orders on a topic, keeps shelves in a state store, and hands
 * accepted orders to the {@link Office}.
 *
 * <p>One order changes a shelf and is noted as accepted in one transaction, under the shelf's ETag.
 * So it counts once, whatever is killed, and whoever handles another order for the same article
 * meanwhile.
 */
@SuppressWarnings("NullAway.Init") // open comes first
final class Shop {
  static final String ORDERS = "quickstart-orders";

  private final Keys keys;
  private final Map<String, Long> stock;
  private final Office office;
  private StateStore store;
  private PubSub bus;
  private final Map<String, Lock> turns = new ConcurrentHashMap<>();
  private final LongAdder decided = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private final AtomicReference<@Nullable InboardException> failure = new AtomicReference<>();

  Shop(Keys keys, Map<String, Long> stock, Office office) {
    this.keys = keys;
    this.stock = stock;
    this.office = office;
  }

  /** Sets the shelves up, unless an earlier run with the same files did. Called once, first. */
  void open(Inboard inboard) {
    store = inboard.stateStore("orders");
    bus = inboard.pubSub("bus");
    stock.forEach(this::setUp);
  }

  private void setUp(String sku, long available) {
    try {
      store.save(shelfKey(sku), Shelf.of(available), SaveOptions.firstWrite());
    } catch (InboardException e) {
      if (e.code() != ErrorCode.ETAG_MISMATCH) { // somebody was there first: the run before a crash
        throw e;
      }
      Shelf shelf = shelf(sku).value();
      decided.add(shelf.next());
      accepted.add(shelf.accepted());
    }
  }

  /** Sends an order on its way. Orders of one customer are handled one after the other. */
  void submit(Ticket ticket) {
    bus.publish(ORDERS, ticket, PublishOptions.DEFAULT.withKey(ticket.order().customer()));
  }

  /** Has an order that an earlier run decided fulfilled, if it was accepted. */
  void fulfilIfAccepted(Order order) {
    if (store.get(keys.of("accepted", order.id()), Order.class).isPresent()) {
      office.fulfil(order);
    }
  }

  /** Handles an order that was submitted. */
  Outcome handle(Event<Ticket> event) {
    Ticket ticket = event.data();
    if (!ticket.run().equals(keys.run())) {
      return Outcome.SUCCESS; // left on a broker's topic by a run with other files
    }
    try {
      decideInTurn(ticket);
      return Outcome.SUCCESS;
    } catch (InboardException e) {
      if (!e.code().isTransient()) {
        failure.set(e);
      }
      throw e;
    }
  }

  /**
   * Handlers of this process take turns at a shelf, because all but one of them would only write in
   * vain; handlers of other processes are kept apart by the shelf's ETag.
   */
  private void decideInTurn(Ticket ticket) {
    Lock turn = turns.computeIfAbsent(ticket.order().sku(), sku -> new ReentrantLock());
    turn.lock();
    try {
      while (!decide(ticket)) {
        Thread.onSpinWait(); // another process took from the same shelf meanwhile: look again
      }
    } finally {
      turn.unlock();
    }
  }

  /** Returns false when the shelf has changed meanwhile, so that nothing was written. */
  private boolean decide(Ticket ticket) {
    StateEntry<Shelf> shelf = shelf(ticket.order().sku());
    Shelf.Step step = shelf.value().take(ticket.number(), ticket.order());
    if (step.shelf().equals(shelf.value())) {
      return true; // it is in already
    }
    List<StateChange> changes = new ArrayList<>();
    changes.add(StateChange.save(shelf.key(), step.shelf(), SaveOptions.ifMatch(shelf.etag())));
    for (Shelf.Decision decision : step.decisions()) {
      if (decision.accepted()) {
        Order order = decision.order();
        changes.add(StateChange.save(keys.of("accepted", order.id()), order));
      }
    }
    try {
      store.transaction(changes);
    } catch (InboardException e) {
      if (e.code() == ErrorCode.ETAG_MISMATCH) {
        return false;
      }
      throw e;
    }
    for (Shelf.Decision decision : step.decisions()) {
      if (decision.accepted()) {
        accepted.increment();
        office.fulfil(decision.order());
      }
      decided.increment();
    }
    return true;
  }

  /** Returns how many orders are decided, those of earlier runs with the same files included. */
  long decided() {
    return decided.sum();
  }

  /** Returns how many orders are done with: rejected, or accepted and fulfilled. */
  long done() {
    return decided() - accepted.sum() + office.fulfilled();
  }

  /**
   * Throws what keeps an order from being handled, whatever is tried; nothing while all goes well.
   */
  void throwFailure() {
    InboardException cause = failure.get();
    if (cause != null) {
      throw cause;
    }
    office.throwFailure();
  }

  /** Returns what is known about each article. */
  Map<String, Shelf> shelves(Iterable<String> skus) {
    Map<String, Shelf> shelves = new LinkedHashMap<>();
    skus.forEach(sku -> shelves.put(sku, shelf(sku).value()));
    return shelves;
  }

  private StateEntry<Shelf> shelf(String sku) {
    return store
        .get(shelfKey(sku), Shelf.class)
        .orElseThrow(
            () -> new IllegalStateException("the shelf of '" + sku + "' was deleted meanwhile"));
  }

  private String shelfKey(String sku) {
    return keys.of("shelf", sku);
  }
}
