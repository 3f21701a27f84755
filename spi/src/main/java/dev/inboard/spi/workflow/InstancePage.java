package dev.inboard.spi.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next where the next page begins, or null when this is the last
 */
public record InstancePage(List<InstanceRecord> instances, @Nullable String next) {}
