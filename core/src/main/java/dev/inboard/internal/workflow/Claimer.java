package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Host.Cancellable;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's lease, and asks the backend for instances that need attention: when a hint
 * comes, when the backend said the next one would, and now and then in any case.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Claimer {
  private static final int MOST = 256;

  private final Engine engine;
  private final long poll;
  private final long heartbeat;
  private volatile boolean hungry; // there was more to claim than there was room for
  private boolean asking; // guarded by this
  private boolean again; // guarded by this
  private boolean stopped; // guarded by this
  private long nextAt = Long.MAX_VALUE; // guarded by this
  private @Nullable Cancellable next; // guarded by this
  private @Nullable Cancellable nextBeat; // guarded by this

  Claimer(Engine engine) {
    this.engine = engine;
    this.poll = Math.max(1, engine.options().poll().toMillis());
    this.heartbeat = Math.max(1, engine.options().lease().toMillis() / 3);
  }

  void start() {
    beatLater();
    soon();
  }

  private void beatLater() {
    synchronized (this) {
      if (!stopped) {
        nextBeat = engine.host().schedule(heartbeat, this::beat);
      }
    }
  }

  private void beat() {
    engine
        .call(engine.driver().heartbeat(engine.node()))
        .whenComplete(
            (held, error) -> {
              if (error != null) {
                engine.troubled("heartbeat", engine.node().id(), error);
              } else if (!held) {
                engine.leaseLost();
              }
              beatLater();
            });
  }

  /** Asks now; calls that come while an answer is on its way are served by one more question. */
  void soon() {
    synchronized (this) {
      if (asking || stopped) {
        again = true;
        return;
      }
      asking = true;
      again = false;
    }
    ask();
  }

  private void ask() {
    while (true) {
      int max = Math.min(MOST, Math.max(1, engine.slots().free()));
      CompletableFuture<Claims> call = engine.call(engine.driver().claim(engine.node().id(), max));
      if (!call.isDone()) {
        call.whenComplete(
            (claims, error) -> {
              if (answered(claims, error, max)) {
                ask();
              }
            });
        return;
      }
      boolean[] more = new boolean[1];
      call.whenComplete((claims, error) -> more[0] = answered(claims, error, max));
      if (!more[0]) {
        return;
      }
    }
  }

  /** Takes an answer; says whether to ask again at once. */
  private boolean answered(@Nullable Claims claims, @Nullable Throwable error, int max) {
    boolean full = false;
    if (claims != null) {
      for (InstanceRecord record : claims.taken()) {
        Ownership ownership = record.ownership();
        if (ownership != null) {
          engine.instances().adopt(record, ownership);
        }
      }
      claims.mail().forEach(engine.instances()::mail);
      boolean more = claims.taken().size() == max;
      full = more && engine.slots().free() > 0;
      hungry = more && !full;
    } else {
      engine.troubled("claim", engine.node().id(), error);
      engine.instances().reconcileSoon();
    }
    synchronized (this) {
      if (!stopped && (full || (again && error == null))) {
        again = false;
        return true;
      }
      asking = false;
      again = false;
      later(claims == null ? null : claims.nextWake());
      return false;
    }
  }

  private void later(@Nullable Instant wake) { // holds the lock
    long now = engine.host().now();
    long at =
        wake == null ? now + poll : Math.min(now + poll, Math.max(wake.toEpochMilli(), now + 1));
    if (stopped || (next != null && nextAt <= at && nextAt > now)) {
      return;
    }
    if (next != null) {
      next.cancel();
    }
    nextAt = at;
    next = engine.host().schedule(at - now, this::due);
  }

  private void due() {
    synchronized (this) {
      next = null; // a clock that is set back must not make it look as if it were still to come
    }
    soon();
  }

  /** There is room for another instance. */
  void room() {
    if (hungry) {
      hungry = false;
      soon();
    }
  }

  synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel();
    }
  }

  synchronized void stopHeartbeat() {
    stopped = true;
    if (nextBeat != null) {
      nextBeat.cancel();
    }
  }
}
