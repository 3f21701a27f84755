/**
 * Durable workflows: ordinary blocking Java that survives the end of its process.
 *
 * <p>A {@link dev.inboard.workflow.Workflow} calls activities, waits for events and timers, and
 * starts other workflows through its {@link dev.inboard.workflow.WorkflowContext}. Each result is
 * stored before the code sees what follows from it; after a crash the code is run again over the
 * stored results until it is where it was. That asks one thing of it: given the same results it
 * must do the same, so it takes time, random numbers and everything from outside through the
 * context or from activities.
 *
 * <p>{@link dev.inboard.workflow.Workflows} starts instances and looks after them.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.workflow;
