package dev.inboard.examples.quickstart;

import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of an accepted order: it is paid, packed, approved, and gets its receipt.
 *
 * <p>Ordinary code; but wherever the process dies, the next one goes on there. What it must not do
 * twice is left to {@link Accounts}.
 */
final class Fulfilment implements Workflow<Order, Receipt> {
  static final String NAME = "fulfil";
  static final String PACK = "pack";
  static final String APPROVAL = "approval";

  /** Its status from when it asks for the approval. */
  static final String PACKED = "packed";

  private static final CallOptions PATIENT = CallOptions.retry(5);
  private static final int MOST_PARCELS = 3;

  /** A part of an order. */
  record Parcel(String order, int number, int of, long quantity) {
    String label() {
      return order + " parcel " + number + "/" + of + ": " + quantity;
    }
  }

  @Override
  public Receipt run(WorkflowContext context, Order order) {
    Accounts accounts = context.activities(Accounts.class, PATIENT);
    String payment = accounts.charge(order);

    List<Task<String>> packing = new ArrayList<>();
    for (Parcel parcel : parcels(order)) {
      packing.add(context.call(PACK, parcel, String.class, PATIENT)); // all at the same time
    }
    List<String> labels = Task.all(packing).await();

    context.setStatus(PACKED);
    accounts.askForApproval(context.workflowId());
    String clerk = context.event(APPROVAL, String.class).await(Duration.ofDays(1));

    return accounts.writeReceipt(new Accounts.Bill(order, payment, labels, clerk));
  }

  /** Spreads an order over as many parcels as there are articles, but not too many. */
  static List<Parcel> parcels(Order order) {
    int count = (int) Math.min(MOST_PARCELS, order.quantity());
    List<Parcel> parcels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long quantity = order.quantity() / count + (i < order.quantity() % count ? 1 : 0);
      parcels.add(new Parcel(order.id(), i + 1, count, quantity));
    }
    return parcels;
  }
}
