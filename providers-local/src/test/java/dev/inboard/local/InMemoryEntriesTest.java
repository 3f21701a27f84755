package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.state.StoredValue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InMemoryEntriesTest {
  private final SettableClock clock = new SettableClock();
  private final InMemoryEntries entries = new InMemoryEntries(clock);

  private InMemoryEntry value(@Nullable Duration ttl) {
    Instant end = ttl == null ? null : clock.instant().plus(ttl);
    return InMemoryEntry.of(new StoredValue(new byte[] {1}, "etag", end));
  }

  @Test
  void writesRemoveEndedEntriesByTheWay() {
    entries.index();
    for (int i = 0; i < 1_000; i++) {
      entries.put("short" + i, value(Duration.ofSeconds(1)));
    }
    entries.put("long", value(Duration.ofHours(1)));
    clock.advance(Duration.ofSeconds(2));
    for (int i = 0; i < 1_100; i++) {
      entries.put("same", value(null));
    }
    assertThat(entries.size()).as("the long one and the one rewritten").isEqualTo(2);
    assertThat(entries.list("", 10, null).keys()).containsExactly("long", "same");
  }

  @Test
  void endedEntriesDoNotPileUpWhenEveryWriteMakesOne() {
    for (int i = 0; i < 100_000; i++) {
      entries.put("session" + i, value(Duration.ofSeconds(1)));
      clock.advance(Duration.ofMillis(10));
    }
    assertThat(entries.size()).as("100 are live at any time").isLessThan(1_000);
  }

  @Test
  void rewriteOfAnEndedEntryIsNotSweptAway() {
    entries.put("a", value(Duration.ofSeconds(1)));
    clock.advance(Duration.ofSeconds(2));
    entries.put("a", value(null));
    for (int i = 0; i < 10; i++) {
      entries.put("b", value(null));
    }
    assertThat(entries.live("a")).isNotNull();
  }

  @Test
  void transactionShowsAllItsWritesAndForgetsDeletions() {
    entries.put("gone", value(null));
    Map<String, InMemoryEntry> writes = new LinkedHashMap<>();
    writes.put("new", value(null));
    writes.put("gone", InMemoryEntry.deletion());
    writes.put("never", InMemoryEntry.deletion());
    entries.putTogether(new HashMap<>(writes));
    assertThat(entries.live("new")).isNotNull();
    assertThat(entries.live("gone")).isNull();
    assertThat(entries.size()).isEqualTo(1);
  }

  @Test
  void entriesOfATransactionAppearOnlyWithItsCommit() {
    InMemoryEntry before = value(null);
    InMemoryEntry after = value(null);
    InMemoryEntry.Commit commit = new InMemoryEntry.Commit();
    after.awaitCommit(commit, before);
    assertThat(after.live(clock)).isSameAs(before.live(clock));
    commit.done();
    StoredValue seen = after.live(clock);
    assertThat(seen).isNotNull().isNotSameAs(before.live(clock));
    after.committed();
    assertThat(after.live(clock)).isSameAs(seen);
  }
}
