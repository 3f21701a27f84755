package dev.inboard.spi.workflow;

import java.time.Duration;

/**
 * One attempt of an activity, which whoever listens to the queue may claim.
 *
 * @param queue name of the queue
 * @param priority lower numbers are claimed first; of equal ones, who came first
 * @param activity name of the activity, for people
 * @param generation of the instance that asked
 * @param task number of the request in the generation
 * @param attempt counted from 1
 * @param delay how long after the commit it may be claimed; zero: at once
 * @param payload what the engine made
 */
public record QueuedTask(
    String queue,
    int priority,
    String activity,
    int generation,
    int task,
    int attempt,
    Duration delay,
    byte[] payload) {}
