package dev.inboard.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the members of one group have handled, in the order they did. Messages read {@code
 * key-number}, and the numbers of each key count from 0. Safe for many threads.
 */
final class Ledger {
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(String text, long nanos) {
    String key() {
      return text.substring(0, text.lastIndexOf('-'));
    }

    int number() {
      return Integer.parseInt(text.substring(text.lastIndexOf('-') + 1));
    }
  }

  /** Notes a message; the time is of System.nanoTime, which all processes of a machine share. */
  synchronized void note(String text, long nanos) {
    entries.add(new Entry(text, nanos));
  }

  /** Takes over what members in processes of their own have printed. */
  void read(String output) {
    output
        .lines()
        .filter(line -> line.startsWith(MemberMain.HANDLED))
        .map(line -> line.split(" "))
        .filter(parts -> parts.length == 3)
        .forEach(parts -> note(parts[1], Long.parseLong(parts[2])));
  }

  /** A receiver that handles each message for a while, on another thread, and notes it. */
  MessageReceiver receiver(int millis) {
    var later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
    return message ->
        CompletableFuture.supplyAsync(
            () -> {
              note(TestComponents.text(message), System.nanoTime());
              return Settlement.ACKNOWLEDGE;
            },
            later);
  }

  synchronized Ledger copy() {
    Ledger copy = new Ledger();
    copy.entries.addAll(entries);
    return copy;
  }

  /** Adds what another one has noted. */
  Ledger plus(Ledger other) {
    other.copy().entries.forEach(entry -> note(entry.text(), entry.nanos()));
    return this;
  }

  synchronized int count() {
    return entries.size();
  }

  boolean hasAll(Map<String, Integer> sent) {
    return distinct().equals(new TreeMap<>(sent));
  }

  /** Says whether at least so many of each key are handled. */
  boolean covers(Map<String, Integer> sent) {
    Map<String, Integer> distinct = distinct();
    return sent.entrySet().stream()
        .allMatch(entry -> distinct.getOrDefault(entry.getKey(), 0) >= entry.getValue());
  }

  private synchronized Map<String, Integer> distinct() {
    Map<String, Integer> distinct = new TreeMap<>();
    entries.stream()
        .map(Entry::text)
        .distinct()
        .forEach(text -> distinct.merge(text.substring(0, text.lastIndexOf('-')), 1, Integer::sum));
    return distinct;
  }

  /**
   * Asserts that everything sent was handled, and each message of a key only when those before it
   * had been.
   *
   * @param sent how many messages of each key
   * @return how many were handled more than once
   */
  synchronized int verify(Map<String, Integer> sent) {
    Map<String, Integer> next = new TreeMap<>();
    List<Entry> inOrder = new ArrayList<>(entries);
    inOrder.sort(Comparator.comparingLong(Entry::nanos));
    for (Entry entry : inOrder) {
      int expected = next.getOrDefault(entry.key(), 0);
      assertThat(entry.number())
          .as("%s comes after all its predecessors", entry.text())
          .isLessThanOrEqualTo(expected);
      next.put(entry.key(), Math.max(expected, entry.number() + 1));
    }
    assertThat(next).as("how many of each key were handled").isEqualTo(new TreeMap<>(sent));
    return entries.size() - sent.values().stream().mapToInt(Integer::intValue).sum();
  }
}
