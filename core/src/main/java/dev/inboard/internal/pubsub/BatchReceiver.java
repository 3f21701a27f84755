package dev.inboard.internal.pubsub;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gathers messages until there are enough of them, or until the first has waited long enough. */
final class BatchReceiver implements MessageReceiver {
  private final InboundPath path;
  private final Workers workers;
  private final ScheduledExecutorService timer;
  private final int maxMessages;
  private final Duration maxWait;
  private List<Delivery> gathered = new ArrayList<>(); // guarded by this; replaced by each batch

  BatchReceiver(
      InboundPath path,
      Workers workers,
      ScheduledExecutorService timer,
      int maxMessages,
      Duration maxWait) {
    this.path = path;
    this.workers = workers;
    this.timer = timer;
    this.maxMessages = maxMessages;
    this.maxWait = maxWait;
  }

  @Override
  public CompletionStage<Settlement> receive(InboundMessage message) {
    Delivery delivery = new Delivery(path, message);
    List<Delivery> full = null;
    List<Delivery> begun = null;
    synchronized (this) {
      gathered.add(delivery);
      if (gathered.size() >= maxMessages) {
        full = take();
      } else if (gathered.size() == 1) {
        begun = gathered;
      }
    }
    if (full != null) {
      workers.submit(new Batch(path, full));
    } else if (begun != null) {
      flushLater(begun);
    }
    return delivery;
  }

  private void flushLater(List<Delivery> begun) {
    try {
      var unused = timer.schedule(() -> flush(begun), maxWait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      flush(begun);
    }
  }

  /** Hands over what has been gathered so far. */
  void flush() {
    flush(null);
  }

  /** Hands over what has been gathered, if it is still the batch that is meant. */
  private void flush(@Nullable List<Delivery> expected) {
    List<Delivery> batch;
    synchronized (this) {
      if (gathered.isEmpty() || (expected != null && expected != gathered)) {
        return;
      }
      batch = take();
    }
    workers.submit(new Batch(path, batch));
  }

  private List<Delivery> take() {
    List<Delivery> batch = gathered;
    gathered = new ArrayList<>();
    return batch;
  }
}
