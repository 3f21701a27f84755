package dev.inboard.local;

import dev.inboard.spi.pubsub.Settlement;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to one member: from the queue to the receiver, and back with the
 * settlement.
 */
final class InMemoryDelivery implements BiConsumer<@Nullable Settlement, @Nullable Throwable> {
  private final InMemorySubscription member;
  private final InMemoryMessage message;
  int slot; // among the member's deliveries in flight; guarded by the group

  InMemoryDelivery(InMemorySubscription member, InMemoryMessage message) {
    this.member = member;
    this.message = message;
  }

  InMemorySubscription member() {
    return member;
  }

  InMemoryMessage message() {
    return message;
  }

  /** Hands the message to the receiver. */
  @SuppressWarnings("FutureReturnValueIgnored") // this is the one who wants to know
  void start() {
    try {
      member.receiver().receive(message.content()).whenComplete(this);
    } catch (Throwable e) { // it breaks the rules, but the message must not stay in flight for ever
      accept(null, e);
    }
  }

  @Override
  public void accept(@Nullable Settlement settlement, @Nullable Throwable failure) {
    member.group().settle(this, failure == null ? settlement : Settlement.REDELIVER);
  }
}
