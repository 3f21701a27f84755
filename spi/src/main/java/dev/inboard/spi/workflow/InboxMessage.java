package dev.inboard.spi.workflow;

/**
 * An unread message.
 *
 * @param number names it among the messages of its instance; grows in the order of arrival
 */
public record InboxMessage(long number, String messageId, byte[] payload) {}
