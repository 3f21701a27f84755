package dev.inboard.spi.workflow;

import java.util.List;

/**
 * An instance with all that is stored about it.
 *
 * @param history what the turns of its current generation appended, oldest first
 * @param inbox its unread messages, oldest first
 */
public record StoredInstance(
    InstanceRecord record, List<byte[]> history, List<InboxMessage> inbox) {}
