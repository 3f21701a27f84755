package dev.inboard.spi.workflow;

import org.jspecify.annotations.Nullable;

/**
 * An instance that a turn starts.
 *
 * @param ifTaken delivered in its place when the id is taken by an instance that may not be
 *     replaced, or null
 */
public record Start(InstanceDefinition definition, Reuse reuse, @Nullable Message ifTaken) {}
