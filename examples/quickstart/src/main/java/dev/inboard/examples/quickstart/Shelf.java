package dev.inboard.examples.quickstart;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the shop knows about one article: how many are left, and what has been decided so far.
 *
 * <p>Orders are decided in the order of the file, so that the result does not depend on which
 * handler was faster or how often the program was killed. One that arrives early waits in {@code
 * early} until those before it are decided, by whichever handler brings the last one missing.
 *
 * @param next the number of the order that is decided next
 */
record Shelf(
    long available,
    long next,
    Map<Long, Order> early,
    long accepted,
    long rejected,
    BigDecimal revenue) {

  static Shelf of(long available) {
    return new Shelf(available, 0, Map.of(), 0, 0, BigDecimal.ZERO);
  }

  /** An order and what the shop said to it. */
  record Decision(Order order, boolean accepted) {}

  /** The shelf afterwards, and what was decided on the way. */
  record Step(Shelf shelf, List<Decision> decisions) {}

  /** Takes an order in. Nothing changes for one that is here already. */
  Step take(long number, Order order) {
    if (number < next || early.containsKey(number)) {
      return new Step(this, List.of());
    }
    Map<Long, Order> waiting = new TreeMap<>(early);
    waiting.put(number, order);
    List<Decision> decisions = new ArrayList<>();
    Shelf shelf = this;
    for (Order due = waiting.remove(next); due != null; due = waiting.remove(shelf.next)) {
      Decision decision = new Decision(due, due.quantity() <= shelf.available);
      decisions.add(decision);
      shelf = shelf.after(decision);
    }
    return new Step(
        new Shelf(
            shelf.available, shelf.next, waiting, shelf.accepted, shelf.rejected, shelf.revenue),
        decisions);
  }

  private Shelf after(Decision decision) {
    return decision.accepted()
        ? new Shelf(
            available - decision.order().quantity(),
            next + 1,
            early,
            accepted + 1,
            rejected,
            revenue.add(decision.order().amount()))
        : new Shelf(available, next + 1, early, accepted, rejected + 1, revenue);
  }
}
