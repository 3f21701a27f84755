package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Holds the schedule until somebody reads, then the reader. */
final class CronBindingDriver implements InputBindingDriver {
  private final ComponentSpec spec;
  private final CronSchedule schedule;
  private final boolean allowOverlap;
  private @Nullable CronReader reader; // guarded by this
  private boolean closed; // guarded by this

  CronBindingDriver(ComponentSpec spec, CronSchedule schedule, boolean allowOverlap) {
    this.spec = spec;
    this.schedule = schedule;
    this.allowOverlap = allowOverlap;
  }

  @Override
  public Set<Feature> features() {
    return Set.of();
  }

  @Override
  public synchronized CompletionStage<Void> ping() {
    return closed
        ? CompletableFuture.failedFuture(FileWork.closed(spec.label(), "ping"))
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletionStage<DriverSubscription> read(
      int maxInFlight, MessageReceiver receiver) {
    if (closed) {
      return CompletableFuture.failedFuture(FileWork.closed(spec.label(), "read"));
    }
    if (reader != null) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.CONFLICT, spec.label(), "read", "somebody reads this binding already"));
    }
    reader = new CronReader(spec, schedule, allowOverlap ? maxInFlight : 1, receiver);
    reader.start();
    return CompletableFuture.completedFuture(reader);
  }

  @Override
  public void close() {
    CronReader last;
    synchronized (this) {
      closed = true;
      last = reader;
    }
    if (last != null) {
      last.end();
    }
  }

  @Override
  public String toString() {
    return spec.label();
  }
}
