/**
 * {@code workflowbackend.in-memory}: workflow instances kept in this process, gone when it ends.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.local.workflow;
