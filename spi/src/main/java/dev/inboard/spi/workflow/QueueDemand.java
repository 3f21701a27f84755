package dev.inboard.spi.workflow;

import java.time.Duration;

/**
 * What a node wants from a queue.
 *
 * @param queue name of the queue
 * @param max the most tasks to claim, at least 1
 * @param concurrency how many tasks of the queue may be claimed at a time by all nodes together; 0:
 *     any number
 * @param rate how many may be claimed within any {@code period} by all nodes together; 0: any
 *     number
 * @param period positive when there is a rate
 */
public record QueueDemand(String queue, int max, int concurrency, int rate, Duration period) {}
