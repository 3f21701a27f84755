package dev.inboard.internal.secrets;

import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretListener;
import dev.inboard.secrets.SecretWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one secret again and again, and tells a listener. */
final class RunningWatch implements SecretWatch {
  private static final Logger log = LoggerFactory.getLogger(RunningWatch.class);

  private final String name;
  private final OpenedComponent<?> store;
  private final Function<String, CompletableFuture<SecretEntry>> read;
  private final SecretListener listener;
  private final RuntimeContext context;
  private volatile boolean closed; // set once

  // One look at a time, each handed over by the timer and the executor.
  private Map<String, Secret> known;
  private boolean failing;

  /**
   * Prepares to watch.
   *
   * @param read reads the secret from the store itself
   * @param first what the listener has been told
   */
  RunningWatch(
      SecretEntry first,
      OpenedComponent<?> store,
      Function<String, CompletableFuture<SecretEntry>> read,
      SecretListener listener,
      RuntimeContext context) {
    this.name = first.name();
    this.known = first.values();
    this.store = store;
    this.read = read;
    this.listener = listener;
    this.context = context;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Arranges the next look. */
  void lookLater(@Nullable Instant expiresAt) {
    Duration pause = SecretOptions.pause(store.spec(), expiresAt, context.clock());
    if (closed || pause == null) {
      return;
    }
    try {
      ScheduledFuture<?> unused =
          context.timer().schedule(this::look, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // the runtime is closing
      closed = true;
    }
  }

  private void look() {
    if (!closed) {
      var unused =
          read.apply(name)
              .whenComplete(
                  (secret, failure) -> {
                    try {
                      context.handlers().execute(() -> ended(secret, failure));
                    } catch (RejectedExecutionException e) { // the runtime is closing
                      closed = true;
                    }
                  });
    }
  }

  private void ended(@Nullable SecretEntry secret, @Nullable Throwable failure) {
    if (closed) {
      return;
    }
    try {
      if (secret != null) {
        tell(secret);
      } else if (failure instanceof InboardException known) {
        tell(known);
      }
    } catch (RuntimeException | Error e) {
      log.error("{}: the listener of secret '{}' failed", store.label(), name, e);
    }
    lookLater(secret == null ? null : secret.expiresAt());
  }

  private void tell(SecretEntry secret) {
    failing = false;
    if (!secret.values().equals(known)) {
      known = secret.values();
      log.info("{}: secret '{}' has changed", store.label(), name);
      listener.changed(secret);
    }
  }

  private void tell(InboardException failure) {
    if (!failing) {
      failing = true;
      log.warn("{}; it is watched on", failure.getMessage());
      listener.failed(failure);
    }
  }
}
