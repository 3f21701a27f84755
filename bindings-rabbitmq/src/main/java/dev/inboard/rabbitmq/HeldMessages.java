package dev.inboard.rabbitmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one subscription that are not settled, and whose turn it is.
 *
 * <p>They came over one channel. When that is lost so are they, because the broker delivers them
 * again. Safe for concurrent use; it says what to do with a message and tells the broker nothing.
 */
final class HeldMessages {
  private final ConsumeOptions options;
  private volatile boolean stopping; // written under the lock

  // guarded by this
  private final Deque<Held> ready = new ArrayDeque<>();
  private final Set<Held> resting = new LinkedHashSet<>(); // not handled, and their pause runs
  private @Nullable ConsumerChannel channel;
  private int unsettled; // with the receiver
  private boolean paused;
  private boolean ended;

  /** What becomes of a message that was not handled. */
  enum Fate {
    /** Waits here for its next delivery. */
    REST,
    /** Goes to the queue's dead letters. */
    DEAD_LETTER,
    /** Goes back to the broker, which delivers it to somebody. */
    GIVE_BACK
  }

  HeldMessages(ConsumeOptions options) {
    this.options = options;
  }

  /** Says whether a channel is missing. */
  synchronized boolean needsChannel() {
    return channel == null && !stopping;
  }

  /** Takes messages from a channel; false: none is missing. */
  synchronized boolean begin(ConsumerChannel next) {
    if (!needsChannel()) {
      return false;
    }
    channel = next;
    return true;
  }

  /** Forgets a channel and its messages; false: it did not count. */
  synchronized boolean lose(ConsumerChannel lost) {
    if (channel != lost) {
      return false;
    }
    channel = null;
    clear();
    return true;
  }

  private void clear() {
    ready.clear();
    resting.clear();
  }

  synchronized @Nullable ConsumerChannel channel() {
    return channel;
  }

  /** Takes a message in; false: nobody will ask for it. */
  synchronized boolean add(Held held) {
    return held.channel() == channel && !stopping && ready.add(held);
  }

  /** Returns the message to deliver now, or null. */
  synchronized @Nullable Held next() {
    if (paused
        || stopping
        || unsettled >= options.maxInFlight()
        || (options.ordered() && !resting.isEmpty())) {
      return null;
    }
    Held held = ready.poll();
    if (held != null) {
      unsettled++;
    }
    return held;
  }

  /** The receiver has handled one; says whether others are ready. */
  synchronized boolean handled() {
    unsettled--;
    return !ready.isEmpty();
  }

  /** The receiver has not handled this one. */
  synchronized Fate notHandled(Held held) {
    unsettled--;
    if (held.channel() != channel || stopping) {
      return Fate.GIVE_BACK;
    }
    if (options.deadLetters()) {
      return Fate.DEAD_LETTER;
    }
    resting.add(held);
    return Fate.REST;
  }

  /** The pause of a message is over; says whether it was held too long and must be given back. */
  synchronized boolean rested(Held held) {
    if (!resting.remove(held)) {
      return false; // lost or given back meanwhile
    }
    if (held.isHeldTooLong()) {
      return true;
    }
    ready.addFirst(held.again());
    return false;
  }

  synchronized int resting() {
    return resting.size();
  }

  /** Returns how many wait for their delivery. */
  synchronized int waiting() {
    return ready.size() + resting.size();
  }

  synchronized void pause(boolean pause) {
    paused = pause;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Takes and hands out nothing more; returns what waits, to be given back. */
  synchronized List<Held> stop() {
    stopping = true;
    List<Held> waiting = new ArrayList<>(ready);
    waiting.addAll(resting);
    clear();
    return waiting;
  }

  /** Says once, after {@link #stop}, that the receiver has nothing any more. */
  synchronized boolean isDone() {
    if (!stopping || ended || unsettled > 0) {
      return false;
    }
    ended = true;
    return true;
  }

  /** Ends, whatever the receiver still has. */
  synchronized void end() {
    stopping = true;
    ended = true;
    channel = null;
    clear();
  }
}
