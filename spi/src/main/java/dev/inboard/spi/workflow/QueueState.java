package dev.inboard.spi.workflow;

import java.time.Duration;

/**
 * Where a queue stands that has tasks.
 *
 * @param waiting tasks that nobody has claimed, those with a delay included
 * @param running tasks that are claimed
 * @param oldest how long ago the oldest waiting one was queued; zero when none waits
 * @param listened whether a live node listens to the queue
 */
public record QueueState(
    String queue, long waiting, long running, Duration oldest, boolean listened) {}
