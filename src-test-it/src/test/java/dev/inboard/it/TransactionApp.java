package dev.inboard.it;

import dev.inboard.Inboard;
import dev.inboard.Transaction;
import dev.inboard.common.InboardException;
import dev.inboard.state.StateChange;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Places orders in one transaction each, and has a workflow charge for each in two more; goes on
 * where an earlier process was killed.
 */
final class TransactionApp {
  private static final WorkflowFilter FINISHED =
      WorkflowFilter.ALL.withStatus(WorkflowStatus.COMPLETED);

  private TransactionApp() {}

  /** Arguments: the folder of the resources; how many orders there are to be. */
  public static void main(String[] arguments) throws Exception {
    int orders = Integer.parseInt(arguments[1]);
    try (Inboard inboard =
        Inboard.builder()
            .appId("shop")
            .resources(Path.of(arguments[0]))
            .workflowOptions(
                WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(2), Duration.ofMillis(100)))
            .workflow(
                "pay",
                Integer.class,
                (context, order) -> {
                  CallOptions options =
                      CallOptions.DEFAULT.withRetry(
                          RetryPolicy.constant(1_000, Duration.ofMillis(20)));
                  String half = order + "a";
                  String all = context.call("charge", half, String.class, options).await() + "b";
                  return context.call("charge", all, String.class, options).await();
                })
            .transactionalActivity(
                "charge",
                String.class,
                (context, transaction, what) -> {
                  insert(transaction, "charge", what);
                  transaction.state("orders", StateChange.save("charge-" + what, what));
                  return what;
                })
            .start()) {
      System.out.println("ready");
      for (int order = 0; order < orders; order++) {
        place(inboard, order);
      }
      while (inboard.workflows().count(FINISHED) < orders) {
        Thread.sleep(50);
      }
      System.out.println("finished");
    }
  }

  private static void place(Inboard inboard, int order) throws SQLException {
    while (inboard.stateStore("orders").get("order-" + order, Integer.class).isEmpty()) {
      try {
        inboard.transaction(
            tx -> {
              insert(tx, "placed", "" + order);
              tx.state("orders", List.of(StateChange.save("order-" + order, order)));
              tx.start("pay", order, StartOptions.id("pay-" + order));
            });
      } catch (InboardException e) {
        System.out.println("again: " + e.getMessage());
      }
    }
  }

  private static void insert(Transaction transaction, String kind, String what)
      throws SQLException {
    Connection connection = transaction.unwrap(Connection.class);
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
      statement.setString(1, kind);
      statement.setString(2, what);
      statement.executeUpdate();
    }
  }
}
