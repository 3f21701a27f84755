/**
 * The workflow engine.
 *
 * <h2>A workflow is a thread with a history</h2>
 *
 * Workflow code runs on a {@link dev.inboard.internal.workflow.Strand} of its own and parks there
 * whenever it waits. It is run from the beginning only when it is not in memory: it was evicted, or
 * its process died. So n steps cost n, not n².
 *
 * <h2>Turns</h2>
 *
 * What happens to an instance (a result, a timer, an event, a request from outside) waits in its
 * mailbox. A <em>turn</em> takes everything that waits there, applies it to the tasks, lets the
 * code run until it waits again, and commits all of that together: one line of history that begins
 * with {@link dev.inboard.internal.workflow.HistoryEvent.TurnStarted}, goes on with what came in,
 * and ends with what the code asked for. Replay applies the same lines with the same borders, so
 * the code cannot tell the difference. Only after the commit are the requests carried out. A turn
 * is pure, so one that cannot be committed is dropped together with the thread, and the instance is
 * read again.
 *
 * <p>One commit per instance is under way at a time; commits of many instances go to the driver
 * side by side, and the driver writes them together.
 *
 * <h2>Who runs a turn</h2>
 *
 * There is no dispatcher thread. Whoever puts something into an idle instance's mailbox becomes its
 * runner ({@link dev.inboard.internal.workflow.Instance}): it applies the inputs, and either finds
 * that the code has nothing to do yet and commits by itself, or wakes the strand, which from then
 * on is the runner and commits when the code waits again. A parked strand also lends its thread to
 * the activity that its code waits for, which saves two thread switches per step.
 *
 * <h2>Where things are</h2>
 *
 * {@link dev.inboard.internal.workflow.Instance} holds mailbox and runner; how an instance comes
 * into memory, ends a turn, stalls, and leaves is in {@code Loading}, {@code Committing}, {@code
 * Stalling} and {@code Leaving}. Within an instance, {@link
 * dev.inboard.internal.workflow.Execution} is one generation of its code: {@code WorkflowCode} runs
 * it, {@code Recording} leads it along its history, {@code Inputs} is what came in from outside,
 * {@code TurnDraft} what its turn will commit, and {@code BegunTasks} sets that going.
 *
 * <h2>Names of things</h2>
 *
 * Every request has a number that counts from 0 in each generation. What comes back is tagged with
 * execution id, generation and number, so that a late answer never meets the wrong question. Events
 * that come from outside carry a message id instead.
 *
 * <h2>Time, threads, randomness</h2>
 *
 * All of them come from the {@link dev.inboard.internal.workflow.Host}. The simulation puts its own
 * in its place and so owns every interleaving.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.workflow;
