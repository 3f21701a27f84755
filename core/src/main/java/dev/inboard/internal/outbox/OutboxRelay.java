package dev.inboard.internal.outbox;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.state.DefaultStateStore;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the events of one outbox, on a thread of its own: woken by the commits of this process,
 * and looking now and then for those of others.
 *
 * <p>Of all processes that share an outbox, one relays it. An event is forgotten when the broker
 * has it; when the process dies in between, the event is published again, with the same id.
 */
public final class OutboxRelay {
  private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
  private static final int PAGE = 256;
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LEASE_NANOS = Duration.ofMillis(500).toNanos();
  private static final long TROUBLE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long RESCAN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final OpenedComponent<StateStoreDriver> component;
  private final String name;
  private final RelayLease lease;
  private final Lanes lanes;
  private final Backlog backlog;
  private final Thread thread;
  private volatile boolean signalled;
  private volatile boolean stopping; // set once

  // Used by the thread alone.
  private @Nullable String cursor; // the last position that was read; null: begin anew
  private long rescanned = System.nanoTime();
  private boolean troubled;

  /**
   * Prepares.
   *
   * @param name of the outbox, the same in all processes that share it
   * @param threadName of the relay's thread
   */
  public OutboxRelay(
      OpenedComponent<StateStoreDriver> component,
      DefaultStateStore store,
      DefaultPubSub pubSub,
      String name,
      Later later,
      Clock clock,
      String threadName) {
    this.component = component;
    this.name = name;
    this.lease = new RelayLease(component::driver, name, stage -> await("hold the lease", stage));
    this.lanes =
        new Lanes(
            event -> {
              Envelope waited = Envelope.read(store.unseal(event.body()));
              return pubSub.send(waited.message(), waited.trace());
            },
            component.label() + ": outbox to '" + pubSub.name() + "'",
            later,
            this::wake);
    this.backlog = new Backlog(component, store, name, clock);
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
  }

  /** Returns the name of the outbox. */
  public String name() {
    return name;
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  /** Tells that there may be something to do. */
  public void wake() {
    if (!signalled) {
      signalled = true;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!stopping) {
      long pause;
      try {
        pause = lease.hold() ? round() : standBy();
        troubled = false;
      } catch (RuntimeException e) {
        report(e);
        pause = TROUBLE_NANOS;
      }
      rest(pause);
    }
    finish();
  }

  private long standBy() {
    backlog.forget();
    lanes.clear();
    cursor = null;
    return LEASE_NANOS;
  }

  /** Does what can be done now; returns how long to rest then, unless somebody wakes it. */
  private long round() {
    backlog.lookNowAndThen();
    forgetPublished();
    if (lanes.areFull()) {
      return LOOK_NANOS;
    }
    List<StoredEvent> page = next();
    page.forEach(lanes::add);
    if (page.size() == PAGE) {
      return 0;
    }
    long now = System.nanoTime();
    if (lanes.areEmpty() || now - rescanned > RESCAN_NANOS) {
      cursor =
          null; // an earlier position may be committed later, and a publication may have failed
      rescanned = now;
    }
    return LOOK_NANOS;
  }

  private List<StoredEvent> next() {
    List<StoredEvent> page = await("read the outbox", driver().pending(name, cursor, PAGE));
    if (!page.isEmpty()) {
      cursor = page.get(page.size() - 1).position();
    }
    return page;
  }

  private void forgetPublished() {
    List<String> published = lanes.takePublished();
    if (published.isEmpty()) {
      return;
    }
    try {
      await("clear the outbox", driver().forget(name, new ArrayList<>(published)));
      lanes.forgotten(published);
    } catch (RuntimeException e) {
      lanes.giveBackPublished(published);
      throw e;
    }
  }

  private OutboxStateStoreDriver driver() {
    if (component.driver() instanceof OutboxStateStoreDriver driver) {
      return driver;
    }
    throw new InboardException(
        ErrorCode.UNSUPPORTED, component.label(), "relay", "the store has no outbox any more");
  }

  private void rest(long nanos) {
    if (!signalled && nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
    signalled = false;
  }

  private void report(RuntimeException e) {
    if (!troubled && !stopping) {
      troubled = true;
      log.warn(
          "{}: the outbox cannot be relayed now; its events stay and are tried again: {}",
          component.label(),
          e.getMessage());
    }
  }

  private <T extends @Nullable Object> T await(String operation, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw failure(ErrorCode.INTERNAL, operation, "the driver failed", e);
    } catch (TimeoutException e) {
      throw failure(ErrorCode.TIMEOUT, operation, "no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      throw failure(ErrorCode.CANCELLED, operation, "the thread was interrupted", e);
    }
  }

  private InboardException failure(ErrorCode code, String operation, String reason, Exception e) {
    return new InboardException(code, component.label(), operation, reason, e);
  }

  private void finish() {
    backlog.close();
    try {
      lanes.awaitPublished(Duration.ofSeconds(2));
      forgetPublished();
      lease.release();
    } catch (RuntimeException e) {
      log.warn(
          "{}: events of the outbox may be published again: {}", component.label(), e.getMessage());
    }
  }

  /** Ends it: what is under way is waited for, what waits stays for the next start. */
  public void stop(Duration limit) {
    stopping = true;
    lanes.close();
    wake();
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
