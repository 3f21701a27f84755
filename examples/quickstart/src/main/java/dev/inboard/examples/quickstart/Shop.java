package dev.inboard.examples.quickstart;

import dev.inboard.Inboard;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
 * The application on Inboard: takes orders on a topic, keeps shelves and receipts in a state store.
 *
 * <p>One order changes a shelf and writes a receipt in one transaction, under the shelf's ETag. So
 * it counts once, whatever is killed, and whoever handles another order for the same article
 * meanwhile.
 */
final class Shop {
  private static final String TOPIC = "quickstart-orders";

  private final StateStore store;
  private final PubSub bus;
  private final Secret receiptKey;
  private final String run;
  private final Map<String, Lock> turns = new ConcurrentHashMap<>();
  private final LongAdder decided = new LongAdder();
  private final AtomicReference<@Nullable InboardException> failure = new AtomicReference<>();

  /**
   * Sets the shelves up, unless an earlier run with the same files did.
   *
   * @param run names the files; what belongs to other files is left alone
   */
  Shop(Inboard inboard, String run, Map<String, Long> stock) {
    this.store = inboard.stateStore("orders");
    this.bus = inboard.pubSub("bus");
    this.receiptKey = Secret.of(inboard.secretStore("secrets").get("receipt-key").value());
    this.run = run;
    stock.forEach(this::setUp);
    bus.subscribe(TOPIC, Ticket.class, this::handle);
  }

  private void setUp(String sku, long available) {
    try {
      store.save(shelfKey(sku), Shelf.of(available), SaveOptions.firstWrite());
    } catch (InboardException e) {
      if (e.code() != ErrorCode.ETAG_MISMATCH) { // somebody was there first: the run before a crash
        throw e;
      }
      decided.add(shelf(sku).value().next());
    }
  }

  /** Sends an order on its way. Orders of one customer are handled one after the other. */
  void submit(Ticket ticket) {
    bus.publish(TOPIC, ticket, PublishOptions.DEFAULT.withKey(ticket.order().customer()));
  }

  private Outcome handle(Event<Ticket> event) {
    Ticket ticket = event.data();
    if (!ticket.run().equals(run)) {
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
        Receipt receipt = Receipt.sign(decision.order(), receiptKey);
        changes.add(StateChange.save(key("receipt", receipt.order()), receipt));
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
    decided.add(step.decisions().size());
    return true;
  }

  /** Returns how many orders are decided, those of earlier runs with the same files included. */
  long decided() {
    return decided.sum();
  }

  /**
   * Throws what keeps an order from being handled, whatever is tried; nothing while all goes well.
   */
  void throwFailure() {
    InboardException cause = failure.get();
    if (cause != null) {
      throw cause;
    }
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
    return key("shelf", sku);
  }

  private String key(String kind, String name) {
    return kind + "-" + run + "-" + URLEncoder.encode(name, StandardCharsets.UTF_8);
  }
}
