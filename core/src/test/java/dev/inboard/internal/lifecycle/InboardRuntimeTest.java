package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.inboard.Health;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class InboardRuntimeTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Running running = new Running();
  private final TestProvider provider = running.provider;

  @AfterEach
  void noThreadIsLeft() {
    Threads.assertNone("inboard-shop-");
  }

  @Test
  void componentsAreClosedInTheReverseOfTheirOrder() {
    running.with("a", "state.test").with("b", "state.test").with("vault", "secretstores.test");
    running.start().close();
    assertThat(provider.diary.get(0)).isEqualTo("open vault");
    assertThat(provider.diary.subList(3, 6)).containsExactly("close b", "close a", "close vault");
  }

  @Test
  void aRuntimeStartsOnlyOnce() {
    InboardRuntime runtime = running.with("a", "state.test").start();
    assertConflict(runtime);
    runtime.close();
    assertConflict(runtime);
    assertThat(provider.diary).containsExactly("open a", "close a");
  }

  private static void assertConflict(InboardRuntime runtime) {
    assertThatThrownBy(runtime::start)
        .hasMessage("start failed: CONFLICT: this runtime was started before; make a new one");
  }

  @Test
  void anotherRuntimeStartsWhereOneWasClosed() {
    running.with("a", "state.test");
    running.start().close();
    running.start().close();
    assertThat(provider.diary).containsExactly("open a", "close a", "open a", "close a");
  }

  @Test
  void closingTwiceClosesOnce() {
    InboardRuntime runtime = running.with("a", "state.test").start();
    runtime.close();
    runtime.close();
    assertThat(provider.diary).containsExactly("open a", "close a");
  }

  @Test
  void aRuntimeClosedBeforeItsStartNeverStarts() {
    InboardRuntime runtime = running.with("a", "state.test").runtime();
    runtime.close();
    assertConflict(runtime);
    assertThat(provider.diary).isEmpty();
  }

  @Test
  void everyCloserReturnsWhenEverythingIsClosed() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    provider.onClose.put(
        "a",
        () -> {
          closing.countDown();
          proceed.await();
          provider.diary.add("closed a");
        });
    InboardRuntime runtime = running.with("a", "state.test").start();
    List<CompletableFuture<Void>> closers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      closers.add(
          CompletableFuture.runAsync(
              () -> {
                runtime.close();
                provider.diary.add("returned");
              },
              task -> new Thread(task).start()));
    }
    closing.await();
    assertThat(closers).noneMatch(CompletableFuture::isDone);
    proceed.countDown();
    CompletableFuture.allOf(closers.toArray(CompletableFuture[]::new)).join();
    assertThat(provider.diary)
        .containsExactly(
            "open a", "close a", "closed a", "returned", "returned", "returned", "returned");
  }

  @Test
  void aCloseWhileTheStartIsUnderWayCallsItOff() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    provider.onOpen.put(
        "slow",
        () -> {
          opening.countDown();
          Thread.sleep(600_000);
        });
    running.with(
        Running.component("slow", "state.test").replace("spec:", "spec:\n  initTimeout: 1h"));
    running.with("quick", "state.test").with("vault", "secretstores.test");
    InboardRuntime runtime = running.runtime();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread starter = new Thread(runtime::start);
    starter.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    starter.start();
    opening.await();
    runtime.close();
    starter.join(LIMIT.toMillis());
    assertThat(failure.get())
        .hasMessage("start failed: CANCELLED: the runtime was closed meanwhile");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(provider.diary)
                    .containsExactlyInAnyOrder(
                        "open vault", "open quick", "close quick", "close vault"));
    assertThat(runtime.health(LIMIT).live()).isFalse();
  }

  @Test
  void aCloseAtAnyMomentOfTheStartEndsIt() throws Exception {
    running.with("a", "state.test");
    for (int i = 0; i < 300; i++) {
      InboardRuntime runtime = running.runtime();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread starter = new Thread(runtime::start);
      starter.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
      Thread closer = new Thread(runtime::close);
      starter.start();
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(3_000_000));
      closer.start();
      closer.join(LIMIT.toMillis());
      assertThat(closer.isAlive()).as("attempt " + i + ": the close hangs").isFalse();
      starter.join(LIMIT.toMillis());
      assertThat(runtime.health(LIMIT).live()).isFalse();
      if (failure.get() != null) {
        assertThat(failure.get()).isInstanceOf(InboardException.class);
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(provider.diary.stream().filter("open a"::equals))
                    .hasSameSizeAs(provider.diary.stream().filter("close a"::equals).toList()));
  }

  @Test
  void anInterruptWhileTheStartIsUnderWayCallsItOff() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    provider.onOpen.put(
        "slow",
        () -> {
          opening.countDown();
          Thread.sleep(600_000);
        });
    running.with(
        Running.component("slow", "state.test").replace("spec:", "spec:\n  initTimeout: 1h"));
    running.with("vault", "secretstores.test");
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread starter =
        new Thread(
            () -> {
              try {
                running.start();
              } catch (InboardException e) {
                failure.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    starter.start();
    opening.await();
    starter.interrupt();
    starter.join(LIMIT.toMillis());
    assertThat(failure.get()).hasMessage("start failed: CANCELLED: the thread was interrupted");
    assertThat(interrupted.get()).isTrue();
    assertThat(provider.diary).containsExactly("open vault", "close vault");
  }

  @Test
  void aComponentThatFailsToCloseDoesNotKeepTheOthersOpen() {
    provider.onClose.put(
        "b",
        () -> {
          throw new IllegalStateException("no");
        });
    provider.onClose.put(
        "c",
        () -> {
          throw new NoClassDefFoundError("no");
        });
    running.with("a", "state.test").with("b", "state.test").with("c", "state.test");
    running.start().close();
    assertThat(provider.diary).endsWith("close c", "close b", "close a");
  }

  @Test
  void aComponentThatHangsWhileItClosesDoesNotKeepTheOthersOpen() {
    CountDownLatch proceed = new CountDownLatch(1);
    provider.onClose.put("b", proceed::await);
    running.drainTimeout = Duration.ofMillis(200);
    running.with("a", "state.test").with("b", "state.test");
    running.start().close();
    assertThat(provider.diary).endsWith("close b", "close a");
    proceed.countDown();
  }

  @Test
  void anInterruptedCloserClosesEverythingAndStaysInterrupted() {
    InboardRuntime runtime = running.with("a", "state.test").with("b", "state.test").start();
    Thread.currentThread().interrupt();
    runtime.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(provider.diary).endsWith("close b", "close a");
  }

  @Test
  void healthAsksEveryComponent() {
    running.with("a", "state.test").with("b", "state.test").with("c", "state.test");
    provider.pings.put(
        "b",
        CompletableFuture.failedFuture(
            new InboardException(
                ErrorCode.UNAVAILABLE, "b (state.test)", "ping", "connection refused")));
    provider.pings.put("c", new CompletableFuture<>());
    try (InboardRuntime runtime = running.start()) {
      assertThat(runtime.health(Duration.ofMillis(300)))
          .isEqualTo(
              new Health(
                  true,
                  false,
                  List.of(
                      new Health.Component("a", "state.test", true, true, false, null),
                      new Health.Component(
                          "b",
                          "state.test",
                          true,
                          false,
                          false,
                          "b (state.test): ping failed: UNAVAILABLE: connection refused"),
                      new Health.Component(
                          "c",
                          "state.test",
                          true,
                          false,
                          false,
                          "c (state.test): no answer within 300ms"))));
      provider.pings.clear();
      assertThat(runtime.health(LIMIT).ready()).isTrue();
    }
  }

  @Test
  void theLogSaysThatAComponentIsNotReadyWithoutAnybodyAsking() {
    Logger logger = (Logger) LoggerFactory.getLogger(HealthLog.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    running.watchInterval = Duration.ofMillis(10);
    running.with("a", "state.test").with("b", "state.test");
    try (InboardRuntime runtime = running.start()) {
      provider.pings.put(
          "b",
          CompletableFuture.failedFuture(
              new InboardException(ErrorCode.UNAVAILABLE, "b (state.test)", "ping", "refused")));
      await().atMost(LIMIT).until(() -> lines.list.size() == 1);
      provider.pings.clear();
      await().atMost(LIMIT).until(() -> lines.list.size() == 2);
      assertThat(runtime.isLive()).isTrue();
    }
    logger.detachAppender(lines);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "not ready: b (state.test): ping failed: UNAVAILABLE: refused",
            "b (state.test) is ready again");
  }

  @Test
  void aRuntimeThatDoesNotRunIsNeitherLiveNorReady() {
    InboardRuntime runtime = running.with("a", "state.test").runtime();
    assertThat(runtime.health(LIMIT)).isEqualTo(new Health(false, false, List.of()));
    runtime.start();
    runtime.close();
    assertThat(runtime.health(LIMIT)).isEqualTo(new Health(false, false, List.of()));
  }

  @Test
  void aComponentWithIgnoreErrorsMayFail() {
    provider.onOpen.put(
        "a",
        () -> {
          throw new InboardException(
              ErrorCode.UNAUTHENTICATED, "a (state.test)", "open", "wrong password");
        });
    running.with(
        Running.component("a", "state.test").replace("spec:", "spec:\n  ignoreErrors: true"));
    running.with("b", "state.test");
    try (InboardRuntime runtime = running.start()) {
      Health health = runtime.health(LIMIT);
      assertThat(health.ready()).isTrue();
      assertThat(health.components())
          .containsExactly(
              new Health.Component("b", "state.test", true, true, false, null),
              new Health.Component(
                  "a",
                  "state.test",
                  false,
                  false,
                  true,
                  "a (state.test): open failed: UNAUTHENTICATED: wrong password"));
    }
    assertThat(provider.diary).containsExactly("open b", "close b");
  }
}
