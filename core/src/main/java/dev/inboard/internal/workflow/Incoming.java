package dev.inboard.internal.workflow;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something in an instance's mailbox.
 *
 * @param inboxNumber its number in the backend's inbox, which the turn consumes; -1 when it is not
 *     there
 * @param stored completed when the turn that took it is committed; null when nobody waits for that
 */
record Incoming(Envelope envelope, long inboxNumber, @Nullable CompletableFuture<Void> stored) {
  static Incoming local(Envelope envelope) {
    return new Incoming(envelope, -1, null);
  }

  static Incoming fromInbox(Envelope envelope, long number) {
    return new Incoming(envelope, number, null);
  }
}
