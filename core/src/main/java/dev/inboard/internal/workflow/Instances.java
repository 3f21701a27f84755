package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The instances of this node that are in memory: how they get there, and what comes for them. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Instances {
  private static final long BUSY_PAUSE = 50;

  private final Engine engine;
  private final ConcurrentMap<String, Instance> byId = new ConcurrentHashMap<>();
  private final AtomicBoolean reconciling = new AtomicBoolean();
  private final AtomicBoolean makingRoom = new AtomicBoolean();

  Instances(Engine engine) {
    this.engine = engine;
  }

  @Nullable Instance find(String id) {
    return byId.get(id);
  }

  Collection<Instance> all() {
    return byId.values();
  }

  /** Keeps a new instance, unless there is one of this id in memory; returns the one that is. */
  @Nullable Instance keep(Instance fresh) {
    Instance[] before = new Instance[1];
    byId.compute(
        fresh.id(),
        (id, existing) -> {
          boolean taken = existing != null && !existing.isGone();
          before[0] = taken ? existing : null;
          return taken ? existing : fresh;
        });
    return before[0];
  }

  /** Takes up an instance that this node owns. */
  void adopt(InstanceRecord record, Ownership ownership) {
    if (engine.isClosed()) {
      return;
    }
    Instance instance = Instance.stored(engine, record, ownership);
    Instance existing = keep(instance);
    if (existing == null) {
      instance.loading.load();
    } else {
      existing.owned(ownership);
    }
  }

  /** Takes up the instances that a turn started. */
  void started(List<InstanceRecord> records) {
    for (InstanceRecord record : records) {
      Ownership ownership = record.ownership();
      if (ownership != null && !engine.isClosed()) {
        Instance instance = Instance.stored(engine, record, ownership);
        Instance existing = keep(instance);
        if (existing == null) {
          instance.loading.beginNew();
        } else {
          existing.owned(ownership);
        }
      }
    }
  }

  boolean owns(InstanceRecord record) {
    Ownership ownership = record.ownership();
    return ownership != null
        && ownership.node().equals(engine.node().id())
        && !record.status().isFinished();
  }

  Ownership ownership(InstanceRecord record) {
    return Objects.requireNonNull(record.ownership(), "nobody owns the instance");
  }

  void forget(Instance instance) {
    byId.remove(instance.id(), instance);
  }

  /** Asks the instances that were idle longest to leave memory. */
  void makeRoom() {
    if (!makingRoom.compareAndSet(false, true)) {
      return;
    }
    int wanted = Math.max(1, engine.slots().total() / 10);
    try {
      // Instances go on working meanwhile, and a sort must not see its keys change.
      List<Seen> oldest = new ArrayList<>();
      byId.values().forEach(instance -> oldest.add(new Seen(instance, instance.lastUsed())));
      oldest.sort(Comparator.comparingLong(Seen::lastUsed));
      for (Seen seen : oldest) {
        if (wanted > 0 && seen.instance().leaving.leave(false)) {
          wanted--;
        }
      }
    } finally {
      if (wanted == 0) {
        makingRoom.set(false);
      } else { // all others are busy; one that becomes idle sees by itself that it is in the way
        engine.timers().at(engine.host().now() + BUSY_PAUSE, this::lookForRoomAgain);
      }
    }
  }

  private void lookForRoomAgain() {
    makingRoom.set(false);
    if (engine.slots().isWanted()) {
      makeRoom();
    }
  }

  /** When an instance was used last, as of one moment. */
  private record Seen(Instance instance, long lastUsed) {}

  /** Hears that an instance needs attention or has finished. */
  void hint(String id) {
    Instance instance = byId.get(id);
    if (instance != null) {
      instance.mail();
    } else {
      engine.claimSoon();
    }
    engine.waiters().look(id);
  }

  void mail(String id) {
    Instance instance = byId.get(id);
    if (instance != null) {
      instance.mail();
    } else {
      takeUp(id);
    }
  }

  /** A message is in the inbox of an instance, whoever owns that. */
  void delivered(String id) {
    Instance owner = byId.get(id);
    if (owner != null) {
      owner.mail();
    } else {
      engine.claimSoon();
    }
  }

  /** Looks after messages that were stored with a turn. */
  void sent(List<Message> messages) {
    boolean elsewhere = false;
    for (Message message : messages) {
      Instance target = byId.get(message.target());
      if (target == null) {
        elsewhere = true;
      } else {
        target.mail();
      }
    }
    if (elsewhere) {
      engine.claimSoon();
    }
  }

  /**
   * Takes an activity's answer. If the instance is not in memory, whoever loads it runs the
   * activity again.
   */
  void answer(String id, Incoming incoming) {
    Instance instance = byId.get(id);
    if (instance != null) {
      instance.offer(incoming);
    }
  }

  /** Takes up an instance that is this node's and was not in memory, or was about to leave it. */
  void takeUp(String id) {
    engine
        .call(engine.driver().get(id))
        .whenComplete(
            (found, error) -> {
              if (error == null) {
                found.filter(this::owns).ifPresent(record -> adopt(record, ownership(record)));
              } else {
                reconcileSoon();
              }
            });
  }

  // ---- when something went wrong

  /**
   * After a call whose outcome nobody knows: finds instances that are this node's without its
   * knowing.
   */
  void reconcileSoon() {
    if (!engine.isClosed() && reconciling.compareAndSet(false, true)) {
      engine.timers().at(engine.host().now() + 100, this::reconcile);
    }
  }

  private void reconcile() {
    reconciling.set(false);
    engine
        .call(engine.driver().owned(engine.node().id()))
        .whenComplete(
            (records, error) -> {
              if (error != null) {
                engine.timers().at(engine.host().now() + 1_000, this::reconcileSoon);
                return;
              }
              for (InstanceRecord record : records) {
                Ownership ownership = record.ownership();
                if (ownership != null && byId.get(record.id()) == null) {
                  adopt(record, ownership);
                }
              }
              engine.claimSoon();
            });
  }

  /** Finds out which of them this node still owns. */
  void checkAll() {
    byId.values().forEach(Instance::check);
  }

  /** Drops all of them. */
  void abandonAll() {
    byId.values().forEach(instance -> instance.leaving.abandon());
    byId.clear();
  }
}
