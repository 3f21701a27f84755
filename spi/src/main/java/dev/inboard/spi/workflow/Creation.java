package dev.inboard.spi.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A request to create an instance.
 *
 * @param node the node that owns it from the start; null to leave it to whoever claims it at {@code
 *     startAt}
 * @param first the first turn, written with the instance; its ownership and number are not looked
 *     at; null when no turn has run yet
 */
public record Creation(
    InstanceDefinition definition, Reuse reuse, @Nullable String node, @Nullable Turn first) {}
