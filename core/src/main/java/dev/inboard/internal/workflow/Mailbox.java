package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InboxMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What waits for an instance in memory, in order, and what a turn took that is not committed yet.
 * Not safe for use by many threads: the instance's lock guards it.
 */
final class Mailbox {
  private final Consumer<IllegalArgumentException> unreadable;
  private final Set<Long> inboxNumbers = new HashSet<>();
  private List<Incoming> waiting = new ArrayList<>();
  private List<Incoming> taken = new ArrayList<>();
  private int reads;

  /**
   * Makes an empty one.
   *
   * @param unreadable is told of messages of the backend that cannot be read
   */
  Mailbox(Consumer<IllegalArgumentException> unreadable) {
    this.unreadable = unreadable;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  void add(Incoming incoming) {
    waiting.add(incoming);
  }

  /** Takes all that waits into a turn, which ends with {@link #stored} or {@link #putBack}. */
  List<Incoming> takeAll() {
    List<Incoming> all = waiting;
    waiting = new ArrayList<>();
    taken.addAll(all);
    return all;
  }

  /** Puts what was taken back to the front. */
  void putBack() {
    if (!taken.isEmpty()) {
      waiting.addAll(0, taken);
      taken = new ArrayList<>();
    }
  }

  /**
   * The turn is stored, or there was nothing to store.
   *
   * @param numbers the messages of the backend's inbox that it consumed
   * @return what it took
   */
  List<Incoming> stored(List<Long> numbers) {
    numbers.forEach(inboxNumbers::remove);
    List<Incoming> done = taken;
    taken = new ArrayList<>();
    return done;
  }

  List<Incoming> removeAll() {
    List<Incoming> all = waiting;
    waiting = new ArrayList<>();
    return all;
  }

  /** Takes those out that are meant. */
  List<Incoming> remove(Predicate<Incoming> meant) {
    List<Incoming> found = waiting.stream().filter(meant).toList();
    waiting.removeAll(found);
    return found;
  }

  List<Incoming> waiting() {
    return waiting;
  }

  // ---- the backend's inbox

  /** Says whether an answer of the backend is on its way. */
  boolean isBeingRead() {
    return reads > 0;
  }

  int reads() {
    return reads;
  }

  void beginRead() {
    reads++;
  }

  void endRead() {
    reads--;
  }

  /** Takes the unread messages of an instance that has just been loaded. */
  void loaded(List<InboxMessage> messages) {
    waiting.removeIf(incoming -> incoming.inboxNumber() >= 0);
    inboxNumbers.clear();
    waiting.addAll(0, unknown(messages));
  }

  /**
   * Takes the unread messages of an instance in memory: those it does not know yet, before
   * everything that may be younger.
   */
  void read(List<InboxMessage> messages) {
    waiting.addAll(firstDirect(), unknown(messages));
  }

  /** Returns where the part begins that may be younger than anything in the inbox. */
  private int firstDirect() {
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).stored() != null) {
        return i;
      }
    }
    return waiting.size();
  }

  private List<Incoming> unknown(List<InboxMessage> messages) {
    List<Incoming> found = new ArrayList<>();
    for (InboxMessage message : messages) {
      if (inboxNumbers.add(message.number())) {
        try {
          found.add(Incoming.fromInbox(Envelope.decode(message.payload()), message.number()));
        } catch (IllegalArgumentException e) {
          unreadable.accept(e);
        }
      }
    }
    return found;
  }
}
