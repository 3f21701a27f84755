package dev.inboard.internal.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.Json;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.lock.LockStore;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultLockStoreTest {
  private static final LockOptions LONG = LockOptions.lease(Duration.ofMinutes(10));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BreakableDriver driver = new BreakableDriver();
  private final LockStore locks = store(Map.of());

  private LockStore store(Map<String, String> metadata) {
    ComponentSpec spec =
        new ComponentSpec(
            "locks", "lock.in-memory", "v1", "checkout", "default", metadata, Clock.systemUTC());
    Origin origin = new Origin("locks.yaml", 1);
    ComponentResource resource =
        new ComponentResource(
            "locks",
            "lock.in-memory",
            "v1",
            null,
            List.of(),
            null,
            List.of(),
            Duration.ofSeconds(5),
            false,
            origin);
    return new DefaultLockStore(
        new OpenedComponent<>(resource, spec, driver),
        new RuntimeContext("checkout", null, Clock.systemUTC(), new Json(), Runnable::run, timer));
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
    driver.close();
  }

  @Test
  void lockIsTakenOnceAndGivenBack() {
    HeldLock lock = locks.tryLock("a", LONG).orElseThrow();
    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.resource()).isEqualTo("a");
    assertThat(lock.remaining()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    assertThat(locks.tryLock("a", LONG)).isEmpty();
    assertThat(locks.tryLock("b", LONG)).isPresent();
    assertThat(lock.unlock()).isTrue();
    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.unlock()).isFalse();
    assertThat(lock.renew()).isFalse();
    assertThat(locks.tryLock("a", LONG).orElseThrow().token()).isGreaterThan(lock.token());
  }

  @Test
  void tryWithResourcesGivesBack() {
    try (HeldLock lock = locks.lock("a", LONG, PATIENCE)) {
      assertThat(locks.tryLock("a", LONG)).isEmpty();
      assertThat(lock.token()).isPositive();
    }
    assertThat(locks.tryLock("a", LONG)).isPresent();
  }

  @Test
  void waitingEndsWhenTheLockIsFree() {
    HeldLock first = locks.tryLock("a", LONG).orElseThrow();
    CompletableFuture<HeldLock> second = locks.async().lock("a", LONG, PATIENCE);
    CompletableFuture<HeldLock> third =
        CompletableFuture.supplyAsync(() -> locks.lock("a", LONG, PATIENCE));
    assertThat(second).isNotDone();
    assertThat(third).isNotDone();
    first.close();
    CompletableFuture.anyOf(second, third).orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(second.isDone() && third.isDone()).isFalse();
    (second.isDone() ? second : third).join().close();
    await().atMost(PATIENCE).until(() -> second.isDone() && third.isDone());
  }

  @Test
  void waitingEndsWithPatience() {
    assertThat(locks.tryLock("a", LONG)).isPresent();
    assertCode(ErrorCode.TIMEOUT, () -> locks.lock("a", LONG, Duration.ofMillis(50)));
    assertThatThrownBy(() -> locks.async().lock("a", LONG, Duration.ofMillis(50)).join())
        .cause()
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
  }

  @Test
  void interruptedWaitingIsCancelled() throws Exception {
    assertThat(locks.tryLock("a", LONG)).isPresent();
    CompletableFuture<ErrorCode> code = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                locks.lock("a", LONG, PATIENCE);
              } catch (InboardException e) {
                code.complete(Thread.currentThread().isInterrupted() ? e.code() : null);
              }
            });
    waiting.start();
    waiting.interrupt();
    assertThat(code.get(60, TimeUnit.SECONDS)).isEqualTo(ErrorCode.CANCELLED);
    waiting.join();
  }

  @Test
  void cancelledWaitLeavesNoLockBehind() {
    HeldLock first = locks.tryLock("a", LONG).orElseThrow();
    CompletableFuture<HeldLock> wait = locks.async().lock("a", LONG, PATIENCE);
    wait.cancel(false);
    first.close();
    await().atMost(PATIENCE).until(() -> locks.tryLock("a", LONG).isPresent());
  }

  @Test
  void renewedLockOutlivesItsLease() throws Exception {
    Queue<HeldLock> lost = new ConcurrentLinkedQueue<>();
    HeldLock lock =
        locks
            .tryLock("a", LockOptions.lease(Duration.ofSeconds(2)).renewing(lost::add))
            .orElseThrow();
    Thread.sleep(5_000);
    assertThat(locks.tryLock("a", LONG)).isEmpty();
    assertThat(lock.isHeld()).isTrue();
    assertThat(lost).isEmpty();
    lock.close();
    int renewals = driver.renewals;
    Thread.sleep(1_500);
    assertThat(driver.renewals - renewals).isLessThanOrEqualTo(1);
  }

  @Test
  void lossIsToldBeforeTheLeaseEnds() {
    CompletableFuture<Duration> left = new CompletableFuture<>();
    long begin = System.nanoTime();
    Duration lease = Duration.ofSeconds(4);
    HeldLock lock =
        locks
            .tryLock(
                "a",
                LockOptions.lease(lease)
                    .renewing(it -> left.complete(lease.minusNanos(System.nanoTime() - begin))))
            .orElseThrow();
    driver.failure = ErrorCode.UNAVAILABLE;
    await().atMost(PATIENCE).until(left::isDone);
    assertThat(left.join()).isPositive();
    assertThat(lock.isHeld()).isFalse();
    driver.failure = null;
    assertThat(locks.tryLock("a", LONG)).isEmpty(); // nobody else has it yet
  }

  @Test
  void lossAfterARenewalByHandIsToldToo() {
    Queue<HeldLock> lost = new ConcurrentLinkedQueue<>();
    HeldLock lock =
        locks
            .tryLock("a", LockOptions.lease(Duration.ofSeconds(3)).renewing(lost::add))
            .orElseThrow();
    assertThat(lock.renew()).isTrue();
    driver.failure = ErrorCode.UNAVAILABLE;
    await().atMost(PATIENCE).until(() -> lost.size() == 1);
  }

  @Test
  void hangingStoreIsALossToo() {
    Queue<HeldLock> lost = new ConcurrentLinkedQueue<>();
    assertThat(locks.tryLock("a", LockOptions.lease(Duration.ofMillis(800)).renewing(lost::add)))
        .isPresent();
    driver.hangs = true;
    await().atMost(PATIENCE).until(() -> lost.size() == 1);
  }

  @Test
  void takenOverLockIsLostAtOnce() {
    Queue<HeldLock> lost = new ConcurrentLinkedQueue<>();
    HeldLock lock =
        locks
            .tryLock("a", LockOptions.lease(Duration.ofSeconds(2)).renewing(lost::add))
            .orElseThrow();
    driver.forget();
    await().atMost(PATIENCE).until(() -> lost.contains(lock));
    assertThat(lock.renew()).isFalse();
    assertThat(lock.isHeld()).isFalse();
  }

  @Test
  void attemptThatFailedIsGivenBack() {
    driver.failure = ErrorCode.TIMEOUT; // after the store has carried it out
    assertCode(ErrorCode.TIMEOUT, () -> locks.tryLock("a", LONG));
    driver.failure = null;
    await().atMost(PATIENCE).until(() -> locks.tryLock("a", LONG).isPresent());
  }

  @Test
  void closeDoesNotThrowWhenTheStoreIsAway() {
    HeldLock lock = locks.tryLock("a", LONG).orElseThrow();
    driver.failure = ErrorCode.UNAVAILABLE;
    lock.close();
    assertThat(lock.isHeld()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', lock||checkout||a",
    "appid, lock||checkout||a",
    "name, lock||locks||a",
    "none, lock||a",
    "namespace, lock||namespace||a",
    "Shared, lock||shared||a"
  })
  void keysAreDaprs(String prefix, String key) {
    store(prefix.isEmpty() ? Map.of() : Map.of("keyPrefix", prefix)).tryLock("a", LONG);
    assertThat(driver.lastKey).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a||b"})
  void badNamesAreRefused(String resource) {
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> locks.tryLock(resource, LONG));
  }

  @Test
  void leasesHaveALeastLength() {
    assertThatThrownBy(() -> LockOptions.lease(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertCode(ErrorCode code, ThrowingCallable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
  }

  /** Leases in memory, and the failures of a server: it acts, and its answer does not come. */
  private static final class BreakableDriver implements LockDriver {
    private final LockProvider provider =
        ServiceLoader.load(LockProvider.class).findFirst().orElseThrow();
    private LockDriver leases = open();
    private volatile @Nullable ErrorCode failure;
    private volatile boolean hangs;
    private volatile int renewals;
    private volatile String lastKey = "";

    private LockDriver open() {
      return provider.open(ComponentSpec.of("locks", "lock.in-memory", Map.of()));
    }

    /** As a server that lost its data. */
    void forget() {
      leases = open();
    }

    private <T> CompletionStage<T> answer(CompletionStage<T> answer) {
      return hangs
          ? new CompletableFuture<>()
          : failure == null
              ? answer
              : CompletableFuture.failedFuture(
                  new InboardException(failure, "locks", "call", "broken"));
    }

    @Override
    public CompletionStage<@Nullable Long> tryLock(String key, String owner, Duration lease) {
      lastKey = key;
      return answer(leases.tryLock(key, owner, lease));
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the timer's thread alone
    public CompletionStage<Boolean> renew(String key, String owner, Duration lease) {
      renewals++;
      return answer(leases.renew(key, owner, lease));
    }

    @Override
    public CompletionStage<Unlocking> unlock(String key, String owner) {
      return answer(leases.unlock(key, owner));
    }

    @Override
    public Set<Feature> features() {
      return leases.features();
    }

    @Override
    public void close() {
      leases.close();
    }
  }
}
