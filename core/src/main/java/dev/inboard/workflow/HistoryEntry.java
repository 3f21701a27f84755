package dev.inboard.workflow;

import java.time.Instant;

/**
 * One stored event of an instance.
 *
 * @param time time of the turn that stored it
 * @param kind such as {@code ActivityScheduled}
 * @param task number of the step it belongs to; -1 when it belongs to none
 * @param detail name and what else there is to say about it, without payloads
 */
public record HistoryEntry(Instant time, String kind, int task, String detail) {}
