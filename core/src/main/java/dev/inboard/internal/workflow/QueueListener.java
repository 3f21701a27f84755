package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Host.Cancellable;
import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.TaskClaims;
import dev.inboard.workflow.QueueOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Claims the tasks of one queue, as many as there is room for: when a hint comes, when one is done,
 * when the backend said the next one could be had, and now and then in any case.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class QueueListener {
  private static final int MOST = 64;

  private final Engine engine;
  private final Queues queues;
  private final String queue;
  private final QueueOptions options;
  private int held; // guarded by this
  private boolean asking; // guarded by this
  private boolean again; // guarded by this
  private boolean stopped; // guarded by this
  private @Nullable Cancellable next; // guarded by this

  QueueListener(Engine engine, Queues queues, String queue, QueueOptions options) {
    this.engine = engine;
    this.queues = queues;
    this.queue = queue;
    this.options = options;
  }

  /** Asks now; calls that come while an answer is on its way are served by one more question. */
  void soon() {
    int max;
    synchronized (this) {
      again = asking;
      max = Math.min(MOST, options.perNode() - held);
      if (asking || stopped || max < 1) {
        return;
      }
      asking = true;
    }
    QueueDemand demand =
        new QueueDemand(queue, max, options.concurrency(), options.rate(), options.period());
    engine
        .call(queues.driver().claimTasks(engine.node(), demand))
        .whenComplete((claims, error) -> answered(claims, error, max));
  }

  private void answered(@Nullable TaskClaims claims, @Nullable Throwable error, int max) {
    List<ClaimedTask> tasks = claims == null ? List.of() : claims.tasks();
    if (claims == null) {
      engine.troubled("claim from queue", queue, error);
    }
    boolean more;
    boolean late;
    synchronized (this) {
      late = stopped;
      held += late ? 0 : tasks.size();
      asking = false;
      more = error == null && (again || tasks.size() == max);
      again = false;
      later(claims == null ? null : claims.nextIn());
    }
    if (late) {
      queues.giveBack(tasks);
      return;
    }
    boolean readable = true;
    for (ClaimedTask task : tasks) {
      readable &= queues.begin(this, task);
    }
    if (more && readable) {
      soon();
    }
  }

  private void later(@Nullable Duration nextIn) { // holds the lock
    if (next != null) {
      next.cancel();
      next = null;
    }
    if (!stopped) {
      long poll = engine.options().poll().toMillis();
      long delay = nextIn == null ? poll : Math.min(poll, nextIn.toMillis());
      next = engine.host().schedule(Math.max(1, delay), this::soon);
    }
  }

  /** A task of this queue is not this node's any more. */
  void done() {
    letGo();
    soon();
  }

  /** The same for one that is better left to others for a while. */
  synchronized void letGo() {
    held--;
  }

  synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel();
    }
  }
}
