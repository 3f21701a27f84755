package dev.inboard.spi.workflow;

import java.time.Duration;

/**
 * One running engine.
 *
 * @param id unique for every start of an engine
 * @param lease how long its instances stay its own after its last heartbeat
 */
public record Node(String id, Duration lease) {}
