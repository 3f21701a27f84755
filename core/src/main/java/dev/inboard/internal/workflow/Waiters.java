package dev.inboard.internal.workflow;

import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.InstanceRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for instances to finish.
 *
 * <p>What finishes on this node is told at once. What finishes elsewhere is found by asking, at
 * growing intervals up to a second, about many at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Waiters {
  private static final long FIRST_LOOK = 20;
  private static final long GATHERING = 10;

  private final Engine engine;
  private final ConcurrentMap<String, List<CompletableFuture<InstanceRecord>>> waiting =
      new ConcurrentHashMap<>();
  private final Map<Long, Round> rounds = new ConcurrentHashMap<>(); // by delay
  private Set<String> asked = new HashSet<>(); // guarded by this; about these we ask next

  Waiters(Engine engine) {
    this.engine = engine;
  }

  /**
   * Completes with the instance once it has finished; fails with {@code NOT_FOUND} when there is
   * none.
   */
  CompletableFuture<InstanceRecord> await(String id) {
    CompletableFuture<InstanceRecord> future = new CompletableFuture<>();
    waiting.compute(
        id,
        (key, others) -> {
          List<CompletableFuture<InstanceRecord>> all =
              others == null ? new CopyOnWriteArrayList<>() : others;
          all.add(future);
          return all;
        });
    if (engine.instances().find(id) == null) {
      look(id);
    }
    lookLater(id, future, FIRST_LOOK);
    return future;
  }

  private void lookLater(String id, CompletableFuture<InstanceRecord> future, long delay) {
    rounds.computeIfAbsent(delay, Round::new).add(id, future);
  }

  /** Who waits for an instance, which is looked at when the time has come. */
  private record Wait(String id, CompletableFuture<InstanceRecord> future, long time) {}

  /**
   * Waits that are looked at after one delay. They become due in the order they came, so one timer
   * at a time serves them all; most are over by then.
   */
  private final class Round {
    private final long delay;
    private final Deque<Wait> queue = new ArrayDeque<>(); // guarded by this

    Round(long delay) {
      this.delay = delay;
    }

    synchronized void add(String id, CompletableFuture<InstanceRecord> future) {
      queue.add(new Wait(id, future, engine.host().now() + delay));
      if (queue.size() == 1) {
        lookIn(delay);
      }
    }

    private void lookIn(long pause) {
      engine.timers().at(engine.host().now() + pause, this::look);
    }

    private void look() {
      for (Wait due : takeDue()) {
        if (!due.future.isDone()) {
          if (engine.instances().find(due.id) == null) {
            lookSoon(due.id);
          }
          lookLater(due.id, due.future, Math.min(engine.host().longestSleep(), delay * 2));
        }
      }
    }

    private synchronized List<Wait> takeDue() {
      List<Wait> due = new ArrayList<>();
      long now = engine.host().now();
      while (!queue.isEmpty() && queue.element().time <= now) {
        due.add(queue.remove());
      }
      if (!queue.isEmpty()) { // a little late, so that many are looked at together
        lookIn(Math.max(queue.element().time - now, delay / 4));
      }
      return due;
    }
  }

  /** Looks at an instance together with those that others will want to look at in a moment. */
  private synchronized void lookSoon(String id) {
    if (asked.isEmpty()) {
      engine.timers().at(engine.host().now() + GATHERING, this::lookAtAsked);
    }
    asked.add(id);
  }

  private void lookAtAsked() {
    Set<String> ids;
    synchronized (this) {
      ids = asked;
      asked = new HashSet<>();
    }
    ids.removeIf(id -> !waiting.containsKey(id) || engine.instances().find(id) != null);
    if (!ids.isEmpty()) {
      engine
          .call(engine.driver().settled(ids))
          .whenComplete(
              (settled, error) -> {
                if (error == null) {
                  settled.forEach(this::look);
                }
              });
    }
  }

  /** Looks whether an instance that somebody waits for has finished. */
  void look(String id) {
    if (!waiting.containsKey(id)) {
      return;
    }
    engine
        .call(engine.driver().get(id))
        .whenComplete(
            (found, error) -> {
              if (error == null) {
                found(id, found);
              }
            });
  }

  void finished(InstanceRecord record) {
    if (waiting.containsKey(record.id())) {
      found(record.id(), Optional.of(record));
    }
  }

  private void found(String id, Optional<InstanceRecord> found) {
    InstanceRecord record = found.orElse(null);
    if (record != null && !record.status().isFinished()) {
      return;
    }
    List<CompletableFuture<InstanceRecord>> all = waiting.remove(id);
    if (all != null) {
      all.forEach(future -> tell(id, future, record));
    }
  }

  private void tell(
      String id, CompletableFuture<InstanceRecord> future, @Nullable InstanceRecord record) {
    if (record == null) {
      future.completeExceptionally(engine.notFound("await workflow '" + id + "'"));
    } else {
      future.complete(record);
    }
  }

  void close() {
    InboardException closing = engine.closing("await a workflow");
    waiting.values().forEach(all -> all.forEach(future -> future.completeExceptionally(closing)));
    waiting.clear();
  }
}
