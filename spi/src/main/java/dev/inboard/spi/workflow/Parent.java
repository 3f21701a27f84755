package dev.inboard.spi.workflow;

/**
 * The step of another instance that waits for a child.
 *
 * @param id the parent
 * @param executionId its execution
 * @param generation its generation
 * @param task the number of the step
 */
public record Parent(String id, String executionId, int generation, int task) {}
