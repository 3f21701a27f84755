package dev.inboard.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What many threads saw while they incremented one counter by compare-and-set, and the proof that
 * it could have happened on one thread, in an order that respects real time.
 *
 * <p>The writes of such a counter can only have one order, that of their values; so it suffices to
 * check that they form one chain of ETags, and that neither reads nor writes contradict the clock.
 * Safe for use by many threads.
 */
final class CounterHistory {
  private final String initial;
  private final ConcurrentLinkedQueue<Event> reads = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Event> writes = new ConcurrentLinkedQueue<>();
  private final Map<Integer, String> etagOfValue = new ConcurrentHashMap<>();

  /** One call: what it saw or made, and when it ran by {@link System#nanoTime}. */
  private record Event(int value, String usedEtag, String etag, long start, long end) {}

  CounterHistory(String initialEtag) {
    initial = initialEtag;
    etagOfValue.put(0, initialEtag);
  }

  void read(int value, String etag, long start, long end) {
    reads.add(new Event(value, etag, etag, start, end));
  }

  void wrote(int value, String usedEtag, String newEtag, long start, long end) {
    writes.add(new Event(value, usedEtag, newEtag, start, end));
  }

  void check(int expectedWrites) {
    List<Event> chain = new ArrayList<>(writes);
    chain.sort(Comparator.comparingInt(Event::value));
    assertThat(chain).as("successful writes").hasSize(expectedWrites);
    String live = initial;
    for (int i = 0; i < chain.size(); i++) {
      Event write = chain.get(i);
      assertThat(write.value()).as("each value is written once").isEqualTo(i + 1);
      assertThat(write.usedEtag())
          .as("write of %d replaces what the write before it made", i + 1)
          .isEqualTo(live);
      live = write.etag();
      etagOfValue.put(i + 1, live);
    }
    assertThat(List.copyOf(etagOfValue.values())).as("ETags").doesNotHaveDuplicates();
    checkRealTime(chain);
  }

  private void checkRealTime(List<Event> chain) {
    long[] latestStart = new long[chain.size() + 1]; // of the writes of 1 to n
    long[] earliestEnd = new long[chain.size() + 1]; // of the writes of n + 1 and more
    latestStart[0] = Long.MIN_VALUE;
    earliestEnd[chain.size()] = Long.MAX_VALUE;
    for (int n = 1; n <= chain.size(); n++) {
      latestStart[n] = Math.max(latestStart[n - 1], chain.get(n - 1).start());
    }
    for (int n = chain.size() - 1; n >= 0; n--) {
      earliestEnd[n] = Math.min(earliestEnd[n + 1], chain.get(n).end());
      assertThat(earliestEnd[n])
          .as("no write above %d ended before all up to it began", n)
          .isGreaterThanOrEqualTo(latestStart[n]);
    }
    for (Event read : reads) {
      int seen = read.value();
      assertThat(read.etag()).as("ETag read with %d", seen).isEqualTo(etagOfValue.get(seen));
      assertThat(read.end())
          .as("%d was read after its write began", seen)
          .isGreaterThanOrEqualTo(latestStart[seen]);
      assertThat(read.start())
          .as("%d was read before a later write was acknowledged", seen)
          .isLessThanOrEqualTo(earliestEnd[seen]);
    }
  }
}
