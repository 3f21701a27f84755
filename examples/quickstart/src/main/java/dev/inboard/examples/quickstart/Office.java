package dev.inboard.examples.quickstart;

import dev.inboard.Inboard;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PubSub;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateStore;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowPage;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Has accepted orders fulfilled: starts the workflows, serves their steps, and plays the clerk. */
@SuppressWarnings("NullAway.Init") // open comes first
final class Office implements Accounts {
  static final String DESK = "quickstart-packed";
  private static final int PAGE = 500;

  private final Keys keys;
  private Workflows workflows;
  private StateStore store;
  private PubSub bus;
  private Secret receiptKey;
  private final LongAdder fulfilled = new LongAdder();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

  Office(Keys keys) {
    this.keys = keys;
  }

  /** Called once, before any step is asked for. */
  void open(Inboard inboard) {
    workflows = inboard.workflows();
    store = inboard.stateStore("orders");
    bus = inboard.pubSub("bus");
    receiptKey = Secret.of(inboard.secretStore("secrets").get("receipt-key").value());
  }

  /** Approves what was packed in an earlier run, whose clerk may have died. */
  void clearDesk() {
    WorkflowFilter unfinished = fulfilments().withStatus(WorkflowStatus.RUNNING);
    String token = null;
    do {
      WorkflowPage page = workflows.list(unfinished, token, PAGE);
      page.instances().stream().filter(Office::isPacked).forEach(found -> approve(found.id()));
      token = page.next();
    } while (token != null);
  }

  private static boolean isPacked(WorkflowSnapshot fulfilment) {
    return fulfilment.customStatus(String.class).filter(Fulfilment.PACKED::equals).isPresent();
  }

  /** Tells the fulfilments of these files from all other workflows. */
  WorkflowFilter fulfilments() {
    return WorkflowFilter.ALL.withIdPrefix(keys.of(Fulfilment.NAME, ""));
  }

  /** Has an accepted order fulfilled, once, however often this is called. */
  void fulfil(Order order) {
    var unused =
        workflows
            .startAsync(
                Fulfilment.NAME, order, StartOptions.once(keys.of(Fulfilment.NAME, order.id())))
            .whenComplete(
                (run, error) -> {
                  if (error == null) {
                    watch(run);
                  } else {
                    fail(error);
                  }
                });
  }

  private void watch(WorkflowRun run) {
    var unused =
        run.result(Receipt.class)
            .whenComplete(
                (receipt, error) -> {
                  if (error == null) {
                    fulfilled.increment();
                  } else {
                    fail(error);
                  }
                });
  }

  private void fail(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    failure.compareAndSet(
        null, cause instanceof RuntimeException known ? known : new IllegalStateException(error));
  }

  @Override
  public String charge(Order order) {
    String payment = keys.of("payment", order.id());
    try {
      store.save(payment, order.amount(), SaveOptions.firstWrite());
    } catch (InboardException e) {
      if (e.code() != ErrorCode.ETAG_MISMATCH) { // charged before, by who died then
        throw e;
      }
    }
    return payment;
  }

  @Override
  public void askForApproval(String fulfilment) {
    bus.publish(DESK, fulfilment);
  }

  /** The clerk, who approves whatever is packed. */
  Outcome approve(Event<String> packed) {
    if (packed.data().startsWith(keys.of(Fulfilment.NAME, ""))) {
      approve(packed.data());
    } // else left on a broker's topic by a run with other files
    return Outcome.SUCCESS;
  }

  private void approve(String fulfilment) {
    try {
      workflows.raise(fulfilment, Fulfilment.APPROVAL, "Kim", fulfilment);
    } catch (InboardException e) {
      if (e.code() != ErrorCode.CONFLICT) { // it was asked for twice, and is done already
        throw e;
      }
    }
  }

  @Override
  public Receipt writeReceipt(Bill bill) {
    Receipt receipt = Receipt.sign(bill, receiptKey);
    store.save(keys.of("receipt", receipt.order()), receipt);
    return receipt;
  }

  /** Returns how many orders have their receipt, those of earlier runs included. */
  long fulfilled() {
    return fulfilled.sum();
  }

  /** Throws what keeps a fulfilment from its end; nothing while all goes well. */
  void throwFailure() {
    RuntimeException cause = failure.get();
    if (cause != null) {
      throw cause;
    }
  }
}
