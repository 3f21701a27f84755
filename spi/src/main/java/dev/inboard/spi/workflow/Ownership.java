package dev.inboard.spi.workflow;

/**
 * The right of a node to write to an instance.
 *
 * @param id the instance
 * @param key what the backend calls the instance by itself; the engine only hands it back
 * @param node the owner
 * @param epoch grows with every change of owner
 */
public record Ownership(String id, long key, String node, long epoch) {}
