package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.PATIENCE;
import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.Feature;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockDriver.Unlocking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that a lock store keeps the promises of {@link LockDriver}.
 *
 * <p>A provider's test extends this class and opens drivers in {@link #openDriver}. Each test uses
 * keys of its own, so that the store may be shared.
 */
public abstract class LockConformance {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final String unique = "lock||app||" + UUID.randomUUID();
  private final List<LockDriver> opened = new ArrayList<>();

  /** For the tests of providers. */
  protected LockConformance() {}

  /** Opens a driver; the suite closes what it returns. */
  protected abstract LockDriver openDriver() throws Exception;

  /** Returns exactly the features that the driver must declare. */
  protected abstract Set<Feature> expectedFeatures();

  /** Says whether all drivers work on the same leases. By default they do. */
  protected boolean sharesLeases() {
    return true;
  }

  /** Lets time pass as the store counts it. Really waits by default. */
  protected void passTime(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  @BeforeEach
  void openFirst() throws Exception {
    open();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(LockDriver::close);
  }

  private LockDriver open() throws Exception {
    LockDriver driver = openDriver();
    opened.add(driver);
    return driver;
  }

  private LockDriver driver() {
    return opened.get(0);
  }

  private @Nullable Long lock(String key, String owner, Duration lease) {
    return await(driver().tryLock(key, owner, lease));
  }

  private long mustLock(String key, String owner, Duration lease) {
    Long token = lock(key, owner, lease);
    assertThat(token).as("fencing token").isNotNull();
    return token;
  }

  @Test
  @DisplayName("the driver declares exactly the expected features and answers a ping")
  void featuresAndPing() {
    assertThat(driver().features()).isEqualTo(expectedFeatures());
    await(driver().ping());
  }

  @Test
  @DisplayName(
      "a key that is locked is refused to everybody, its owner included; other keys are free")
  void lockedKeyIsRefused() {
    mustLock(unique, "a", LONG);
    assertThat(lock(unique, "b", LONG)).isNull();
    assertThat(lock(unique, "a", LONG)).isNull();
    mustLock(unique + "2", "b", LONG);
  }

  @Test
  @DisplayName("unlock tells the owner's lease from another's and from none")
  void unlockChecksTheOwner() {
    assertThat(await(driver().unlock(unique, "a"))).isEqualTo(Unlocking.NOT_HELD);
    mustLock(unique, "a", LONG);
    assertThat(await(driver().unlock(unique, "b"))).isEqualTo(Unlocking.HELD_BY_ANOTHER);
    assertThat(lock(unique, "b", LONG)).isNull();
    assertThat(await(driver().unlock(unique, "a"))).isEqualTo(Unlocking.RELEASED);
    assertThat(await(driver().unlock(unique, "a"))).isEqualTo(Unlocking.NOT_HELD);
    mustLock(unique, "b", LONG);
  }

  @Test
  @DisplayName("a lease whose time is over is nobody's")
  void leaseEnds() throws Exception {
    mustLock(unique, "a", Duration.ofMillis(100));
    passTime(Duration.ofMillis(400));
    assertThat(await(driver().renew(unique, "a", LONG))).isFalse();
    assertThat(await(driver().unlock(unique, "a"))).isEqualTo(Unlocking.NOT_HELD);
    mustLock(unique, "b", LONG);
    assertThat(await(driver().unlock(unique, "a"))).isEqualTo(Unlocking.HELD_BY_ANOTHER);
  }

  @Test
  @DisplayName("renewing lets a lease last longer, or shorter, from now; only its owner can")
  void renewingMovesTheEnd() throws Exception {
    assertThat(await(driver().renew(unique, "a", LONG))).isFalse();
    mustLock(unique, "a", Duration.ofSeconds(4));
    assertThat(await(driver().renew(unique, "b", LONG))).isFalse();
    assertThat(await(driver().renew(unique, "a", LONG))).isTrue();
    passTime(Duration.ofSeconds(5));
    assertThat(lock(unique, "b", LONG)).isNull();
    assertThat(await(driver().renew(unique, "a", Duration.ofMillis(100)))).isTrue();
    passTime(Duration.ofMillis(400));
    mustLock(unique, "b", LONG);
  }

  @Test
  @DisplayName("fencing tokens grow with every lease, given back or ended, whoever takes it")
  void tokensGrow() throws Exception {
    long last = 0;
    for (int n = 0; n < 20; n++) {
      String owner = "owner-" + n;
      long token = mustLock(unique, owner, n % 5 == 4 ? Duration.ofMillis(50) : LONG);
      assertThat(token).isGreaterThan(last);
      last = token;
      if (n % 5 == 4) {
        passTime(Duration.ofMillis(200));
      } else {
        await(driver().unlock(unique, owner));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "%", "{a}", "{", "}{", "'", "漢", "a:b*?[x]"})
  @DisplayName("odd characters in a key mean themselves")
  void oddKeys(String odd) {
    String key = unique + odd;
    long first = mustLock(key, "a", LONG);
    assertThat(lock(key, "b", LONG)).isNull();
    assertThat(await(driver().unlock(key, "a"))).isEqualTo(Unlocking.RELEASED);
    assertThat(mustLock(key, "b", LONG)).isGreaterThan(first);
  }

  @Test
  @DisplayName("never have two threads a lease at once, and tokens grow in the order of the leases")
  void leasesExcludeEachOther() throws Exception {
    LockDriver other = sharesLeases() ? open() : driver();
    AtomicInteger inside = new AtomicInteger();
    List<Long> tokens = new ArrayList<>(); // guarded by the lock under test
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        LockDriver mine = t % 2 == 0 ? driver() : other;
        String owner = "thread-" + t;
        outcomes.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 20; n++) {
                    Long token;
                    while ((token = await(mine.tryLock(unique, owner, LONG))) == null) {
                      Thread.onSpinWait();
                    }
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    tokens.add(token);
                    inside.decrementAndGet();
                    assertThat(await(mine.unlock(unique, owner))).isEqualTo(Unlocking.RELEASED);
                  }
                }));
      }
      for (Future<?> outcome : outcomes) {
        outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(tokens).hasSize(160).isSorted().doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("a lease outlives the driver that took it, where drivers share leases")
  void leaseOutlivesItsDriver() throws Exception {
    LockDriver first = open();
    await(first.tryLock(unique, "a", LONG));
    first.close();
    Long token = lock(unique, "b", LONG);
    assertThat(token == null).as("still held").isEqualTo(sharesLeases());
  }

  @Test
  @DisplayName("every call after close fails with CANCELLED; closing again does nothing")
  void callsAfterCloseAreCancelled() {
    LockDriver driver = driver();
    driver.close();
    driver.close();
    assertFails(ErrorCode.CANCELLED, driver.tryLock(unique, "a", LONG));
    assertFails(ErrorCode.CANCELLED, driver.renew(unique, "a", LONG));
    assertFails(ErrorCode.CANCELLED, driver.unlock(unique, "a"));
    assertFails(ErrorCode.CANCELLED, driver.ping());
  }
}
