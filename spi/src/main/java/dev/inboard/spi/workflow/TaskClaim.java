package dev.inboard.spi.workflow;

/**
 * The right of a node to run a task and to give its result.
 *
 * @param number names the task in the backend
 * @param node who has claimed it
 * @param epoch grows with every claim of the task
 */
public record TaskClaim(long number, String node, long epoch) {}
