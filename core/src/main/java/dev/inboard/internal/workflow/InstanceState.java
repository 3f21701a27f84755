package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of an {@link Instance} share: its phase, its mailbox, what is stored of it, and
 * its code.
 *
 * <p>Its monitor is the instance's lock. Fields that the lock does not guard belong to the runner;
 * each change of the phase happens under the lock, which hands them over.
 */
final class InstanceState {

  /** Who may work on an instance. */
  enum Phase {
    /** Being read, or waiting for a slot; nobody runs it. */
    LOADING,
    /** A runner has it. */
    RUNNING,
    /** A commit is under way; its completion goes on. */
    COMMITTING,
    /** Nothing to do; whoever brings something becomes the runner. */
    IDLE,
    /** Its code does not fit; waits for another try. */
    STALLED,
    /** Not in memory any more. */
    GONE
  }

  final String id;

  // guarded by the lock
  Phase phase = Phase.LOADING;
  final Mailbox mailbox;

  // the runner's
  InstanceDefinition definition;
  Progress progress;
  volatile Ownership ownership;
  volatile boolean superseded; // the node owns it anew; what is in memory is from before
  @Nullable Reuse unborn; // not stored yet, and how to store it
  @Nullable Execution execution;
  final Alarms alarms;

  final Seat seat = new Seat();

  InstanceState(
      InstanceDefinition definition,
      Progress progress,
      Ownership ownership,
      Mailbox mailbox,
      Alarms alarms) {
    this.id = definition.id();
    this.definition = definition;
    this.progress = progress;
    this.ownership = ownership;
    this.mailbox = mailbox;
    this.alarms = alarms;
  }

  /** Returns the code in memory, where there must be some. */
  Execution current() {
    Execution current = execution;
    if (current == null) {
      throw new IllegalStateException("workflow '" + id + "' is not in memory");
    }
    return current;
  }

  synchronized void enter(Phase next) {
    phase = next;
  }

  synchronized boolean isIn(Phase asked) {
    return phase == asked;
  }

  InstanceRecord record() {
    return new InstanceRecord(definition, progress, null, null, 0);
  }

  /** Takes the code out of memory; its strand is to see that for itself. */
  void unwind() {
    Execution current = execution;
    if (current != null) {
      current.unwind();
      seat.wake();
    }
  }

  /** Tells callers that what they brought is stored. */
  static void acknowledge(List<Incoming> stored) {
    for (Incoming incoming : stored) {
      if (incoming.stored() != null) {
        incoming.stored().complete(null);
      }
    }
  }
}
