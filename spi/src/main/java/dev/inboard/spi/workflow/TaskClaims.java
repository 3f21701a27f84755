package dev.inboard.spi.workflow;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was claimed from a queue.
 *
 * @param tasks in the order in which they are to begin
 * @param nextIn after how long it is worth asking again when no hint comes, because a task becomes
 *     claimable then or the rate allows another; null: the driver knows of nothing
 */
public record TaskClaims(List<ClaimedTask> tasks, @Nullable Duration nextIn) {}
