package dev.inboard.workflow;

import java.time.Duration;

/**
 * How a node works on a queue of activities that it listens to. All nodes that listen to a queue
 * should say the same; each keeps to what it was told itself.
 *
 * @param concurrency how many activities of the queue run at a time on all nodes together; 0: any
 *     number
 * @param perNode how many of them run at a time on this node; at least 1
 * @param rate how many begin within any {@code period} on all nodes together; 0: any number
 * @param period for the rate; positive when there is one
 */
public record QueueOptions(int concurrency, int perNode, int rate, Duration period) {
  /** Up to 16 at a time on each node, without further limits. */
  public static final QueueOptions DEFAULT = new QueueOptions(0, 16, 0, Duration.ZERO);

  /** Checks the values. */
  public QueueOptions {
    atLeast("concurrency", concurrency, 0);
    atLeast("perNode", perNode, 1);
    atLeast("rate", rate, 0);
    if (rate > 0 && period.toMillis() < 1) {
      throw new IllegalArgumentException(
          "the period of the rate is " + period + ", but must be at least 1 ms");
    }
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + " is " + value + ", but must be at least " + least);
    }
  }

  /** The same with a limit for all nodes together. */
  public QueueOptions withConcurrency(int activities) {
    return new QueueOptions(activities, perNode, rate, period);
  }

  /** The same with another limit for each node. */
  public QueueOptions withPerNode(int activities) {
    return new QueueOptions(concurrency, activities, rate, period);
  }

  /** The same with a rate that all nodes together keep to. */
  public QueueOptions withRate(int activities, Duration within) {
    return new QueueOptions(concurrency, perNode, activities, within);
  }
}
