package dev.inboard.spi.workflow;

/**
 * Something one instance, or a client, tells an instance.
 *
 * @param target the instance it is for
 * @param messageId never empty; the same id is stored once while unread
 * @param payload what the engine made
 */
public record Message(String target, String messageId, byte[] payload) {}
