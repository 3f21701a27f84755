package dev.inboard.rabbitmq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one channel that the broker has not confirmed yet, by their sequence numbers,
 * which count from 1 without gaps. Safe for concurrent use; completes nothing itself.
 */
final class Unconfirmed {
  private @Nullable Pending[] ring = new @Nullable Pending[256];
  private long head = 1; // the lowest number that may still be there
  private long next = 1;

  /** Takes in the message that is published next. */
  synchronized void add(Pending message) {
    if (next - head == ring.length) {
      @Nullable Pending[] larger = new @Nullable Pending[ring.length * 2];
      for (long n = head; n < next; n++) {
        larger[(int) (n & (larger.length - 1))] = ring[index(n)];
      }
      ring = larger;
    }
    ring[index(next++)] = message;
  }

  private int index(long number) {
    return (int) (number & (ring.length - 1));
  }

  /** Takes out the message of this number; null when it is gone already. */
  synchronized @Nullable Pending take(long number) {
    if (number < head || number >= next) {
      return null;
    }
    Pending message = ring[index(number)];
    ring[index(number)] = null;
    skipGaps();
    return message;
  }

  /** Takes out the oldest message whose number is not above {@code number}, or returns null. */
  synchronized @Nullable Pending takeUpTo(long number) {
    skipGaps();
    return head <= number ? take(head) : null;
  }

  /** Takes out every message sent before a moment of {@link System#nanoTime}. */
  synchronized List<Pending> takeSentBefore(long nanos) {
    List<Pending> old = new ArrayList<>();
    for (long n = head; n < next; n++) {
      Pending message = ring[index(n)];
      if (message != null && message.sentAt() - nanos >= 0) {
        break;
      }
      if (message != null) {
        old.add(message);
        ring[index(n)] = null;
      }
    }
    skipGaps();
    return old;
  }

  /** Finds the oldest message that is the one the broker returned, or null. */
  synchronized @Nullable Pending findReturned(String exchange, String routingKey, byte[] body) {
    for (long n = head; n < next; n++) {
      Pending message = ring[index(n)];
      if (message != null && message.isReturned(exchange, routingKey, body)) {
        return message;
      }
    }
    return null;
  }

  /** Takes out everything. */
  synchronized List<Pending> takeAll() {
    List<Pending> all = new ArrayList<>();
    for (Pending message = takeUpTo(next - 1); message != null; message = takeUpTo(next - 1)) {
      all.add(message);
    }
    return all;
  }

  synchronized boolean isEmpty() {
    skipGaps();
    return head == next;
  }

  private void skipGaps() {
    while (head < next && ring[index(head)] == null) {
      head++;
    }
  }
}
