package dev.inboard.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next hand it in to get the next page; null when this is the last
 */
public record WorkflowPage(List<WorkflowSnapshot> instances, @Nullable String next) {}
