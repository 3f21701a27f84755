package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One runtime: starts once, serves, closes once. Safe for use by many threads.
 *
 * <p>A close at any time ends it: before the start, while it is under way (which then fails with
 * {@code CANCELLED}), or later. Every call of {@link #close} returns when everything is closed,
 * whoever closes it.
 */
public final class InboardRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InboardRuntime.class);

  private final Settings settings;
  private final Waiting waiting = new Waiting();
  private final Components components = new Components();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable ShutdownHook hook; // written by the starting thread, read by the releasing one

  private enum Phase {
    NEW,
    STARTING,
    RUNNING,
    CLOSING,
    CLOSED
  }

  /** Makes a runtime that has not started. */
  public InboardRuntime(Settings settings) {
    this.settings = settings;
  }

  /**
   * Starts. When it fails, nothing stays open.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem of the resources; the code
   *     of the first component that could not be opened; {@code CONFLICT} when it was started
   *     before; {@code CANCELLED} when it is closed meanwhile or this thread is interrupted
   */
  public void start() {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTING)) {
      throw new InboardException(
          ErrorCode.CONFLICT, null, "start", "this runtime was started before; make a new one");
    }
    long begin = System.nanoTime();
    try {
      Startup startup = new Startup(settings, waiting, components);
      if (settings.closeOnShutdown()) {
        hook = addShutdownHook();
      }
      startup.open(startup.check());
      if (!phase.compareAndSet(Phase.STARTING, Phase.RUNNING)) {
        throw new InboardException(
            ErrorCode.CANCELLED, null, "start", "the runtime was closed meanwhile");
      }
      log.info("started in {} ms: {}", (System.nanoTime() - begin) / 1_000_000, labels());
    } catch (RuntimeException | Error e) {
      phase.set(Phase.CLOSING);
      release();
      throw e;
    }
  }

  private ShutdownHook addShutdownHook() {
    try {
      return ShutdownHook.add("inboard-shutdown", this::close);
    } catch (IllegalStateException e) {
      throw new InboardException(ErrorCode.CANCELLED, null, "start", "the JVM is shutting down", e);
    }
  }

  private List<String> labels() {
    return components.inOrder().stream().map(open -> open.component().label()).toList();
  }

  /**
   * Returns how the runtime and its components are doing.
   *
   * @param limit the longest wait for the answers of all components
   */
  public Health health(Duration limit) {
    if (phase.get() != Phase.RUNNING) {
      return new Health(false, false, List.of());
    }
    List<Health.Component> all = new ArrayList<>(HealthCheck.of(components, limit));
    boolean ready = all.stream().allMatch(component -> component.ready() || component.optional());
    all.addAll(components.failed());
    return new Health(true, ready, List.copyOf(all));
  }

  @Override
  public void close() {
    if (phase.compareAndSet(Phase.NEW, Phase.CLOSED)) {
      closed.countDown();
    } else if (phase.compareAndSet(Phase.RUNNING, Phase.CLOSING)) {
      release();
    } else {
      phase.compareAndSet(
          Phase.STARTING, Phase.CLOSING); // the starting thread sees it and releases
      waiting.callOff();
      awaitClosed();
    }
  }

  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() {
    try {
      waiting.callOff();
      String threads = Startup.threadPrefix(String.valueOf(settings.appId()));
      new Closer(settings.drainTimeout(), threads)
          .closeInReverse(components.inOrder().stream().map(Components.Open::component).toList());
      if (hook != null) {
        hook.remove();
      }
    } finally {
      phase.set(Phase.CLOSED);
      closed.countDown();
    }
  }
}
