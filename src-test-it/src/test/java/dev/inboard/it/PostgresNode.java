package dev.inboard.it;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.workflow.HistoryEntry;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.Workflows;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * One of several nodes that run workflows on one database. As a program it starts instances, says
 * so, and goes on.
 */
final class PostgresNode implements AutoCloseable {
  static final String STARTED = "started";

  /** Bytes of a result that are stored apart from the row. */
  private static final int LARGE = 20_000;

  private final WorkflowNode node;

  private PostgresNode(WorkflowNode node) {
    this.node = node;
  }

  /** Arguments: the connection string, what ids begin with, and how many instances to start. */
  public static void main(String[] arguments) {
    PostgresNode node = start(arguments[0], Clock.systemUTC());
    node.startMany(arguments[1], Integer.parseInt(arguments[2]));
    WorkflowNode.runUntilEnded(node::close, STARTED);
  }

  /** Runs a node in a process of its own. */
  static JavaProcess launch(String database, String ids, int instances) {
    return JavaProcess.start(
        List.of("-Xmx256m", "-Xss256k"),
        PostgresNode.class,
        database,
        ids,
        String.valueOf(instances));
  }

  /** Runs a node in this process. */
  static PostgresNode start(String database, Clock clock) {
    Registry registry =
        new Registry()
            .workflow(
                "order",
                "",
                Integer.class,
                (context, n) -> {
                  int one = context.call("inc", n, Integer.class).await();
                  context.sleep(Duration.ofMillis(1_500));
                  int two = context.call("inc", one, Integer.class).await();
                  return context.child("double", two, Integer.class).await();
                })
            .workflow(
                "large",
                "",
                Integer.class,
                (context, n) -> {
                  int one = context.call("inc", n, Integer.class).await();
                  byte[] bytes = context.call("bytes", one, byte[].class).await();
                  return context.call("inc", bytes.length, Integer.class).await();
                })
            .workflow("double", "", Integer.class, (context, n) -> n * 2)
            .activity("inc", Integer.class, (context, n) -> n + 1)
            .activity("bytes", Integer.class, (context, seed) -> random(seed));
    return new PostgresNode(
        WorkflowNode.start(
            database,
            clock,
            registry,
            WorkflowOptions.DEFAULT
                .withMaxInMemory(1_500)
                .withLease(Duration.ofSeconds(3), Duration.ofMillis(250))));
  }

  /** Returns bytes that cannot be made shorter. */
  private static byte[] random(int seed) {
    byte[] bytes = new byte[LARGE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  Workflows workflows() {
    return node.workflows();
  }

  void startMany(String ids, int instances) {
    startMany("order", ids, instances);
  }

  /** Starts instances of {@code large}, whose second step has a large result. */
  void startLarge(String ids, int instances) {
    startMany("large", ids, instances);
  }

  private void startMany(String workflow, String ids, int instances) {
    for (int i = 0; i < instances; i++) {
      workflows().start(workflow, i, StartOptions.id(ids + i));
    }
  }

  /** Waits until an instance has its result, which is checked, and checks its history. */
  String outcome(String id, int input, Duration patience) {
    return outcome(id, Integer.valueOf((input + 2) * 2), patience);
  }

  /** The same for an instance of {@code large}. */
  String outcomeOfLarge(String id, Duration patience) {
    return outcome(id, Integer.valueOf(LARGE + 1), patience);
  }

  private String outcome(String id, Integer right, Duration patience) {
    Integer result = workflows().run(id).await(Integer.class, patience);
    List<String> answers =
        workflows().history(id).stream()
            .filter(
                entry -> entry.kind().endsWith("Completed") || entry.kind().equals("TimerFired"))
            .map(HistoryEntry::task)
            .map(String::valueOf)
            .sorted()
            .toList();
    return (right.equals(result) ? "right" : "wrong result " + result) + ", steps " + answers;
  }

  @Override
  public void close() {
    node.close();
  }
}
