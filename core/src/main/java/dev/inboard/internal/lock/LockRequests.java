package dev.inboard.internal.lock;

import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockDriver.Unlocking;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the verbs ask of the driver. */
final class LockRequests {
  private final Derived<LockDriver, LockKeys> keys;
  private final RuntimeContext context;
  final DriverCalls<LockDriver> calls;

  LockRequests(OpenedComponent<LockDriver> component, RuntimeContext context) {
    this.keys = new Derived<>(component, serving -> new LockKeys(serving.spec(), context.appId()));
    this.context = context;
    this.calls = new DriverCalls<>(component);
  }

  /** Takes a lock under the name of a new owner. */
  Request<LockDriver, @Nullable Long, Optional<HeldLock>> tryLock(
      String resource, LockOptions options) {
    String key = keys.get().of(resource);
    String owner = UUID.randomUUID().toString();
    long begin = System.nanoTime();
    return new Request<>(
        "lock",
        resource,
        driver -> orGiveBack(driver, key, owner, driver.tryLock(key, owner, options.lease())),
        token ->
            token == null
                ? Optional.empty()
                : Optional.of(
                    new DefaultHeldLock(this, context, resource, key, owner, token, options, begin)
                        .keptAlive()));
  }

  /** An attempt that failed may have been carried out all the same. */
  private static CompletionStage<@Nullable Long> orGiveBack(
      LockDriver driver, String key, String owner, CompletionStage<@Nullable Long> attempt) {
    return attempt.whenComplete(
        (token, failure) -> {
          Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
          if (cause instanceof InboardException e && e.code().isTransient()) {
            driver.unlock(key, owner);
          }
        });
  }

  Request<LockDriver, Boolean, Boolean> renew(DefaultHeldLock lock) {
    return new Request<>(
        "renew",
        lock.resource(),
        driver -> driver.renew(lock.key(), lock.owner(), lock.lease()),
        renewed -> renewed);
  }

  Request<LockDriver, Unlocking, Boolean> unlock(DefaultHeldLock lock) {
    return new Request<>(
        "unlock",
        lock.resource(),
        driver -> driver.unlock(lock.key(), lock.owner()),
        outcome -> outcome == Unlocking.RELEASED);
  }
}
