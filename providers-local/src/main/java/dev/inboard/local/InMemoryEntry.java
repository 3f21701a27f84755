package dev.inboard.local;

import dev.inboard.spi.state.StoredValue;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one write left under its key: a value, or nothing if it was a deletion.
 *
 * <p>An entry that belongs to a transaction is put in place before the transaction commits. Until
 * then readers see the entry that it replaces, so that all entries of the transaction appear in the
 * one moment in which it commits.
 */
final class InMemoryEntry {
  private static final long NEVER = Long.MAX_VALUE;
  private static final CompletableFuture<@Nullable StoredValue> NOTHING =
      CompletableFuture.completedFuture(null);

  private final @Nullable StoredValue stored;
  private final CompletableFuture<@Nullable StoredValue> answer; // made once, for every reader
  private final long end; // in milliseconds since 1970
  private volatile @Nullable Pending
      pending; // set to null, under the writers' lock, after the commit

  /** A write that waits for its transaction; readers see {@code before} until then. */
  private record Pending(Commit commit, @Nullable InMemoryEntry before) {}

  /** A transaction that has, or has not yet, taken effect. */
  static final class Commit {
    private volatile boolean done;

    /** Makes every entry of the transaction visible. */
    void done() {
      done = true;
    }
  }

  private InMemoryEntry(@Nullable StoredValue stored) {
    this.stored = stored;
    this.answer = stored == null ? NOTHING : CompletableFuture.completedFuture(stored);
    this.end =
        stored == null || stored.expiresAt() == null ? NEVER : stored.expiresAt().toEpochMilli();
  }

  static InMemoryEntry of(StoredValue stored) {
    return new InMemoryEntry(stored);
  }

  static InMemoryEntry deletion() {
    return new InMemoryEntry(null);
  }

  static CompletableFuture<@Nullable StoredValue> nothing() {
    return NOTHING;
  }

  /** Hides this entry behind the one that it replaces until the transaction commits. */
  void awaitCommit(Commit commit, @Nullable InMemoryEntry before) {
    pending = new Pending(commit, before);
  }

  /** Forgets the transaction, which has committed. */
  void committed() {
    pending = null;
  }

  /** Returns what a reader gets now. */
  CompletableFuture<@Nullable StoredValue> read(Clock clock) {
    InMemoryEntry visible = visible();
    return visible == null || visible.isOver(clock) ? NOTHING : visible.answer;
  }

  /** Returns the live value, or null. */
  @Nullable StoredValue live(Clock clock) {
    InMemoryEntry visible = visible();
    return visible == null || visible.isOver(clock) ? null : visible.stored;
  }

  private @Nullable InMemoryEntry visible() {
    Pending waiting = pending;
    return waiting == null || waiting.commit.done ? this : waiting.before;
  }

  /** Returns the ETag of the write, or null for a deletion. */
  @Nullable String etag() {
    return stored == null ? null : stored.etag();
  }

  boolean isDeletion() {
    return stored == null;
  }

  boolean canEnd() {
    return end != NEVER;
  }

  boolean isOver(Clock clock) {
    return end != NEVER && clock.millis() >= end;
  }
}
