package dev.inboard.internal.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

  @AfterEach
  void close() {
    pool.shutdownNow();
    timer.shutdownNow();
  }

  private record Task(Runnable body, Runnable back) implements Work {
    @Override
    public void run() {
      body.run();
    }

    @Override
    public void resume() {}

    @Override
    public void giveBack() {
      back.run();
    }
  }

  private static Work task(Runnable body) {
    return new Task(body, () -> {});
  }

  @Test
  void everyTaskRunsOnceAndNeverMoreThanTheLimitAtOneTime() throws Exception {
    Workers workers = new Workers(pool, timer, 3);
    int perThread = 20_000;
    CountDownLatch done = new CountDownLatch(4 * perThread);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    for (int thread = 0; thread < 4; thread++) {
      pool.execute(
          () -> {
            for (int n = 0; n < perThread; n++) {
              workers.submit(
                  task(
                      () -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                        done.countDown();
                      }));
            }
          });
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void asManyAsTheLimitRunAtOneTimeWhenTheyWait() throws Exception {
    int limit = Runtime.getRuntime().availableProcessors() + 14;
    Workers workers = new Workers(pool, timer, limit);
    CountDownLatch running = new CountDownLatch(limit);
    CountDownLatch end = new CountDownLatch(1);
    for (int n = 0; n < limit; n++) {
      workers.submit(
          task(
              () -> {
                running.countDown();
                awaitQuietly(end);
              }));
    }
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
    end.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void taskThatFailsIsGivenBackAndTheNextOneRuns() throws Exception {
    Workers workers = new Workers(pool, timer, 1);
    CountDownLatch back = new CountDownLatch(1);
    CountDownLatch next = new CountDownLatch(1);
    workers.submit(
        new Task(
            () -> {
              throw new IllegalStateException("a defect");
            },
            back::countDown));
    workers.submit(task(next::countDown));
    assertThat(back.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(next.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void workIsGivenBackWhenThereAreNoThreadsAnyMore() {
    pool.shutdown();
    Workers workers = new Workers(pool, timer, 1);
    AtomicInteger back = new AtomicInteger();
    workers.submit(new Task(() -> {}, back::incrementAndGet));
    assertThat(back).hasValue(1);
  }

  @Test
  void abortInterruptsWhatRunsAndGivesBackWhatDoesNot() throws Exception {
    Workers workers = new Workers(pool, timer, 1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger back = new AtomicInteger();
    workers.submit(
        task(
            () -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            }));
    workers.submit(new Task(() -> {}, back::incrementAndGet));
    started.await();
    workers.abort();
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(back).hasValue(1);
  }
}
