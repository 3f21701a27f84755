package dev.inboard.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatcherTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** How many batches may be handled; the handler waits for each permit. */
  private final Semaphore permits = new Semaphore(0);

  private final Queue<List<Integer>> handled = new ConcurrentLinkedQueue<>();
  private final CountDownLatch handlerClosed = new CountDownLatch(1);
  private @Nullable Batcher<Numbered> batcher;

  /** An entry that keeps what it was told. */
  private static final class Numbered implements Batcher.Entry {
    private final int number;
    private volatile @Nullable ErrorCode failure;

    Numbered(int number) {
      this.number = number;
    }

    @Override
    public void fail(ErrorCode code, String reason, @Nullable Throwable cause) {
      failure = code;
    }
  }

  private final class Handler implements Batcher.Handler<Numbered> {
    @Override
    public void handle(List<Numbered> batch) {
      permits.acquireUninterruptibly();
      handled.add(batch.stream().map(entry -> entry.number).toList());
      if (batch.stream().anyMatch(entry -> entry.number == 13)) {
        throw new IllegalStateException("13");
      }
      if (batch.get(0).number == 99) {
        batcher.submit(new Numbered(100));
        batcher.submit(new Numbered(101));
        batcher.close();
      }
    }

    @Override
    public void close() {
      handlerClosed.countDown();
    }
  }

  private Batcher<Numbered> start(int capacity, Duration patience) {
    batcher = new Batcher<>("batcher-test", capacity, patience, new Handler());
    return batcher;
  }

  private static Numbered submit(Batcher<Numbered> batcher, int number) {
    Numbered entry = new Numbered(number);
    batcher.submit(entry);
    return entry;
  }

  /** Gets a first batch, of entry 0, stuck in the handler. */
  private void occupy(Batcher<Numbered> batcher) {
    submit(batcher, 0);
    Awaitility.await().until(permits::hasQueuedThreads);
  }

  @AfterEach
  void close() {
    permits.release(1_000);
    if (batcher != null) {
      batcher.close();
    }
  }

  @Test
  void whatIsSubmittedDuringABatchMakesTheNext() {
    Batcher<Numbered> batcher = start(100, LONG);
    occupy(batcher);
    for (int i = 1; i <= 10; i++) {
      submit(batcher, i);
    }
    permits.release(2);
    Awaitility.await().until(() -> handled.size() == 2);
    assertThat(handled).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void fullQueueMakesCallersWait() throws Exception {
    Batcher<Numbered> batcher = start(2, LONG);
    occupy(batcher);
    submit(batcher, 1);
    submit(batcher, 2);
    Thread caller = new Thread(() -> submit(batcher, 3));
    caller.start();
    Awaitility.await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
    permits.release(3);
    caller.join();
    Awaitility.await().until(() -> handled.size() == 3);
    assertThat(handled).containsExactly(List.of(0), List.of(1, 2), List.of(3));
  }

  @Test
  void callersAreNotKeptWaitingForEver() {
    Batcher<Numbered> batcher = start(1, Duration.ofMillis(50));
    occupy(batcher);
    submit(batcher, 1);
    assertThat(submit(batcher, 2).failure).isEqualTo(ErrorCode.EXHAUSTED);
    permits.release(2);
    Awaitility.await().until(() -> handled.size() == 2);
    assertThat(handled).containsExactly(List.of(0), List.of(1));
  }

  @Test
  void interruptEndsTheWaitForRoomAndIsKept() throws Exception {
    Batcher<Numbered> batcher = start(1, LONG);
    occupy(batcher);
    submit(batcher, 1);
    Numbered refused = new Numbered(2);
    boolean[] interrupted = new boolean[1];
    Thread caller =
        new Thread(
            () -> {
              batcher.submit(refused);
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    caller.start();
    Awaitility.await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
    caller.interrupt();
    caller.join();
    assertThat(refused.failure).isEqualTo(ErrorCode.CANCELLED);
    assertThat(interrupted[0]).isTrue();
  }

  @Test
  void interruptedCallerMaySubmitWhereThereIsRoom() {
    Batcher<Numbered> batcher = start(1, LONG);
    permits.release();
    Thread.currentThread().interrupt();
    Numbered entry = submit(batcher, 1);
    assertThat(Thread.interrupted()).isTrue();
    Awaitility.await().until(() -> handled.size() == 1);
    assertThat(entry.failure).isNull();
  }

  @Test
  void closeHandlesWhatWasAcceptedAndRefusesTheRest() {
    Batcher<Numbered> batcher = start(100, LONG);
    occupy(batcher);
    submit(batcher, 1);
    submit(batcher, 2);
    Thread closer = new Thread(batcher::close);
    closer.start();
    Awaitility.await().until(() -> closer.getState() == Thread.State.WAITING);
    assertThat(submit(batcher, 3).failure).isEqualTo(ErrorCode.CANCELLED);
    assertThat(handlerClosed.getCount()).isEqualTo(1);
    permits.release(2);
    batcher.close();
    assertThat(handled).containsExactly(List.of(0), List.of(1, 2));
    assertThat(handlerClosed.getCount()).isZero();
  }

  @Test
  void closeWakesThoseWhoWaitForRoom() throws Exception {
    Batcher<Numbered> batcher = start(1, LONG);
    occupy(batcher);
    submit(batcher, 1);
    Numbered waiting = new Numbered(2);
    Thread caller = new Thread(() -> batcher.submit(waiting));
    caller.start();
    Awaitility.await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
    batcher.stop();
    caller.join();
    assertThat(waiting.failure).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void interruptDoesNotCutCloseShort() throws Exception {
    Batcher<Numbered> batcher = start(100, LONG);
    occupy(batcher);
    boolean[] seen = new boolean[2];
    Thread closer =
        new Thread(
            () -> {
              batcher.close();
              seen[0] = handlerClosed.getCount() == 0;
              seen[1] = Thread.currentThread().isInterrupted();
            });
    closer.start();
    closer.interrupt();
    permits.release();
    closer.join();
    assertThat(seen).containsExactly(true, true);
  }

  @Test
  void handlerThatThrowsFailsItsBatchOnly() {
    Batcher<Numbered> batcher = start(100, LONG);
    permits.release(2);
    Numbered unlucky = submit(batcher, 13);
    Awaitility.await().until(() -> unlucky.failure != null);
    assertThat(unlucky.failure).isEqualTo(ErrorCode.INTERNAL);
    assertThat(submit(batcher, 14).failure).isNull();
    Awaitility.await().until(() -> handled.size() == 2);
  }

  @Test
  void ownThreadNeitherWaitsForRoomNorForItsOwnEnd() throws Exception {
    Batcher<Numbered> batcher = start(1, LONG);
    permits.release(2);
    submit(batcher, 99);
    assertThat(handlerClosed.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(handled).containsExactly(List.of(99), List.of(100, 101));
  }

  @Test
  void whoIsAloneMayDoTheWork() throws Exception {
    Batcher<Numbered> batcher = start(100, LONG);
    Thread caller = new Thread(() -> assertThat(batcher.handleAlone(new Numbered(0))).isTrue());
    caller.start();
    Awaitility.await().until(permits::hasQueuedThreads);
    assertThat(batcher.handleAlone(new Numbered(1))).isFalse();
    submit(batcher, 1);
    submit(batcher, 2);
    assertThat(handled).isEmpty();
    permits.release(2);
    caller.join();
    Awaitility.await().until(() -> handled.size() == 2);
    assertThat(handled).containsExactly(List.of(0), List.of(1, 2));
    assertThat(batcher.handleAlone(new Numbered(3))).as("just after many").isFalse();
  }

  @Test
  void closeWaitsForWhoeverDoesTheWork() throws Exception {
    Batcher<Numbered> batcher = start(100, LONG);
    Thread caller = new Thread(() -> batcher.handleAlone(new Numbered(0)));
    caller.start();
    Awaitility.await().until(permits::hasQueuedThreads);
    Thread closer = new Thread(batcher::close);
    closer.start();
    Awaitility.await().until(() -> closer.getState() == Thread.State.WAITING);
    assertThat(handlerClosed.getCount()).isEqualTo(1);
    permits.release();
    closer.join();
    assertThat(handlerClosed.getCount()).isZero();
    assertThat(handled).containsExactly(List.of(0));
    assertThat(batcher.handleAlone(new Numbered(1))).isFalse();
  }

  @Test
  void manySubmittersKeepTheirOrder() throws Exception {
    Batcher<Numbered> batcher = start(16, LONG);
    permits.release(100_000);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int stem = 1_000_000 * (t + 1);
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 500; i++) {
                  submit(batcher, stem + i);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    batcher.close();
    List<Integer> all = handled.stream().flatMap(List::stream).toList();
    assertThat(all).hasSize(8 * 500).doesNotHaveDuplicates();
    for (int t = 1; t <= 8; t++) {
      int stem = 1_000_000 * t;
      assertThat(all.stream().filter(number -> number / 1_000_000 * 1_000_000 == stem).toList())
          .isSorted();
    }
  }
}
