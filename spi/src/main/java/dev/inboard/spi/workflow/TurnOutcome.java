package dev.inboard.spi.workflow;

import java.util.List;

/**
 * What became of a turn.
 *
 * @param committed false when the turn was fenced and nothing was written
 * @param started those of the turn's starts that the committing node owns already; others are
 *     claimed when their time comes
 */
public record TurnOutcome(boolean committed, List<InstanceRecord> started) {
  /** Nothing was written. */
  public static final TurnOutcome FENCED = new TurnOutcome(false, List.of());

  /** Written, and nothing was started. */
  public static final TurnOutcome COMMITTED = new TurnOutcome(true, List.of());
}
