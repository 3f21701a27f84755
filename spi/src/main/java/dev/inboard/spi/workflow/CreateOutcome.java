package dev.inboard.spi.workflow;

import java.util.List;

/**
 * What became of a creation.
 *
 * @param created false when the id is taken
 * @param record what is stored under the id now
 * @param started what the first turn started, as in {@link TurnOutcome#started}
 */
public record CreateOutcome(boolean created, InstanceRecord record, List<InstanceRecord> started) {}
