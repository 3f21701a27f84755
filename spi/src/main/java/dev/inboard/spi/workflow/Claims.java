package dev.inboard.spi.workflow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node should look at.
 *
 * @param taken instances that are the node's own from now on
 * @param mail ids of instances that were the node's own already and have unread messages
 * @param nextWake the earliest {@code wakeAt} among instances that nobody owns and that are not
 *     taken yet, or null; more than the driver knows cheaply need not be told
 */
public record Claims(List<InstanceRecord> taken, List<String> mail, @Nullable Instant nextWake) {}
