package dev.inboard.spi.workflow;

import dev.inboard.spi.Driver;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Storage for workflow instances.
 *
 * <p>Calls for many instances are under way at the same time; a driver gathers what is waiting and
 * writes it together (group commit). The engine never has two {@link #commit}s of one instance
 * under way. A call that fails with a transient code may have taken effect: the engine then reads
 * the instance again and trusts only what is stored.
 *
 * <p>"Now" in these comments is the clock of the backend, so that nodes need not agree on the time.
 */
public interface WorkflowBackendDriver extends Driver {
  /**
   * Makes a node known and begins its lease. A driver that can tell that an earlier node is dead
   * (its process is gone) ends that node's lease at once.
   */
  CompletionStage<Void> join(Node node);

  /**
   * Prolongs the node's lease.
   *
   * @return false when the lease had run out before, so that others may have taken instances over;
   *     it begins anew all the same
   */
  CompletionStage<Boolean> heartbeat(Node node);

  /**
   * Ends the node's lease and makes every unfinished instance it owns claimable by others at once.
   */
  CompletionStage<Void> leave(String node);

  /**
   * Creates an instance, and writes its first turn with it when there is one.
   *
   * <p>Idempotent by execution id: creating what is already stored under the same execution id
   * answers with what is stored, as created. When the creation names a node whose lease has run
   * out, nobody owns the instance.
   */
  CompletionStage<CreateOutcome> create(Creation creation);

  /**
   * Takes over instances that need attention and that no live node owns: an unread message, or a
   * {@code wakeAt} that has come. Gives each a higher epoch, and counts a recovery when it was
   * taken from a dead node. Oldest {@code wakeAt} first. No instance is given to two nodes.
   *
   * @param node takes nothing when its lease has run out, until its next heartbeat
   * @param max the most instances to take, at least 1
   */
  CompletionStage<Claims> claim(String node, int max);

  /** Reads an instance with the history of its current generation and its unread messages. */
  CompletionStage<Optional<StoredInstance>> load(String id);

  /**
   * Writes a turn if the stored instance still has the turn's node, epoch and number; all or
   * nothing.
   */
  CompletionStage<TurnOutcome> commit(Turn turn);

  /**
   * Gives an instance back. Does nothing if the ownership is no longer valid.
   *
   * @return whether the ownership was valid
   */
  CompletionStage<Boolean> release(Ownership ownership);

  /** Returns the unfinished instances that a node owns. */
  CompletionStage<List<InstanceRecord>> owned(String node);

  /**
   * Puts a message into the inbox of an unfinished instance, which thereby needs attention.
   * Messages of one caller for one instance, each sent when its predecessor is stored, are read in
   * that order.
   */
  CompletionStage<Delivery> deliver(Message message);

  /**
   * Returns the unread messages of an instance, oldest first; empty when there is no such instance.
   */
  CompletionStage<List<InboxMessage>> inbox(String id);

  /** Reads an instance without its history. */
  CompletionStage<Optional<InstanceRecord>> get(String id);

  /**
   * Returns those among some instances that nobody needs to wait for any more, because they have
   * finished or are not there. The engine asks about all that callers wait for, again and again; a
   * driver that can answers with one query. The default reads each.
   */
  default CompletionStage<Set<String>> settled(Collection<String> ids) {
    Set<String> settled = ConcurrentHashMap.newKeySet();
    CompletionStage<Set<String>> all = CompletableFuture.completedFuture(settled);
    for (String id : ids) {
      all =
          all.thenCombine(
              get(id),
              (found, instance) -> {
                if (instance.isEmpty() || instance.get().status().isFinished()) {
                  found.add(id);
                }
                return found;
              });
    }
    return all;
  }

  /**
   * Lists instances by creation time, newest first, then by id.
   *
   * @param token where to go on, from an earlier page; null for the first one
   * @param size the most instances in the page, at least 1
   */
  CompletionStage<InstancePage> list(InstanceFilter filter, @Nullable String token, int size);

  /** Counts instances. */
  CompletionStage<Long> count(InstanceFilter filter);

  /**
   * Deletes an instance with everything that belongs to it.
   *
   * @param force also an unfinished one
   */
  CompletionStage<PurgeOutcome> purge(String id, boolean force);

  /**
   * Deletes finished instances that match.
   *
   * @param max the most instances to delete in this call
   * @return how many were deleted
   */
  CompletionStage<Integer> purge(InstanceFilter filter, int max);

  /**
   * Registers for hints that an instance needs attention or has finished. Hints may be lost,
   * doubled or wrong; they only save waiting for the next poll. A driver that serves one process
   * only gives none.
   */
  default void watch(HintListener listener) {}
}
