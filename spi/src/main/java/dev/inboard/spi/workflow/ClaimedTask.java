package dev.inboard.spi.workflow;

/**
 * A task that is the node's own as long as it renews the claim.
 *
 * @param recoveries how often a claim of it has run out before it was renewed or given back
 * @param payload as it was queued
 */
public record ClaimedTask(TaskClaim claim, int recoveries, byte[] payload) {}
