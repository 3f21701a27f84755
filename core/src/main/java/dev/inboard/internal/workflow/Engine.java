package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.HintListener;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The instances of this node that are in memory, and everything they share. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Engine {
  private static final long BUSY_PAUSE = 50;

  private final String label;
  private final Supplier<WorkflowBackendDriver> driver;
  private final Host host;
  private final WorkflowOptions options;
  private final Rules rules;
  private final Node node;
  private final TimerHeap timers;
  private final Activities activities;
  private final Slots slots;
  private final Claimer claimer;
  private final Waiters waiters;
  private final Post post;
  private final Retention retention;
  private final Queues queues;
  private final Watch watch;
  private final Reports reports;
  private final ConcurrentMap<String, Instance> instances = new ConcurrentHashMap<>();
  private final AtomicBoolean reconciling = new AtomicBoolean();
  private final AtomicBoolean makingRoom = new AtomicBoolean();
  private volatile @Nullable StepTransactions transactions; // set before the start
  private Tracing tracing = new Tracing(null); // written before the start
  private volatile boolean draining; // written by drain
  private volatile boolean closed; // written by close

  Engine(
      String label,
      Supplier<WorkflowBackendDriver> driver,
      Host host,
      WorkflowOptions options,
      Rules rules,
      String nodeName) {
    this.label = label;
    this.driver = driver;
    this.host = host;
    this.options = options;
    this.rules = rules;
    this.node = new Node(nodeName + "-" + Long.toHexString(host.random()), options.lease());
    this.timers = new TimerHeap(host);
    this.activities = new Activities(this, options);
    this.slots =
        new Slots(
            options.maxInMemory() > 0 ? options.maxInMemory() : host.maxStrands(), this::makeRoom);
    this.claimer = new Claimer(this);
    this.waiters = new Waiters(this);
    this.post = new Post(this);
    this.retention = new Retention(this, options.retention());
    this.queues = new Queues(this, rules.registry().queues());
    this.watch = new Watch(this);
    this.reports = new Reports(label);
  }

  // ---- what everybody needs

  String label() {
    return label;
  }

  WorkflowBackendDriver driver() {
    return driver.get();
  }

  Host host() {
    return host;
  }

  WorkflowOptions options() {
    return options;
  }

  Rules rules() {
    return rules;
  }

  Node node() {
    return node;
  }

  TimerHeap timers() {
    return timers;
  }

  Activities activities() {
    return activities;
  }

  Slots slots() {
    return slots;
  }

  Waiters waiters() {
    return waiters;
  }

  void transactions(StepTransactions runner) {
    transactions = runner;
  }

  /** Returns what runs steps in transactions; null when there is nothing. */
  @Nullable StepTransactions transactions() {
    return transactions;
  }

  Post post() {
    return post;
  }

  Queues queues() {
    return queues;
  }

  Reports reports() {
    return reports;
  }

  Tracing tracing() {
    return tracing;
  }

  /** Lets somebody listen; before the start. */
  void observe(ComponentTelemetry telemetry) {
    tracing = new Tracing(telemetry);
    tracing.watch(instances::size, activities, queues);
  }

  boolean isClosed() {
    return closed;
  }

  /** Sees to it that nobody starts an instance on an engine that is closing. */
  void checkOpen(String operation) {
    if (draining || closed) {
      throw closing(operation);
    }
  }

  InboardException closing(String operation) {
    return new InboardException(
        ErrorCode.CANCELLED, label, operation, "the workflow engine is closing");
  }

  /** Makes a future of a driver's stage, unwrapping the failure. */
  <T> CompletableFuture<T> call(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    if (future.isDone() && !future.isCompletedExceptionally()) {
      return future;
    }
    CompletableFuture<T> plain = new CompletableFuture<>();
    future.whenComplete(
        (result, error) -> {
          if (closed) {
            plain.completeExceptionally(closing("wait for the backend"));
          } else if (error == null) {
            plain.complete(result);
          } else {
            plain.completeExceptionally(unwrap(error));
          }
        });
    return plain;
  }

  static Throwable unwrap(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  // ---- life

  CompletableFuture<Void> start() {
    return join()
        .thenRun(
            () -> {
              queues.start();
              claimer.start();
              watch.start();
              retention.start();
            });
  }

  /** Makes this node known to the driver that is in charge now, and hears its hints. */
  CompletableFuture<Void> join() {
    WorkflowBackendDriver joined = driver();
    return call(joined.join(node)).thenRun(() -> joined.watch(hints()));
  }

  /** Begins nothing more. */
  void drain() {
    draining = true;
    claimer.stop();
    queues.drain(activities.close());
  }

  /** Says whether nothing runs: no activity, no commit, no code. */
  boolean isQuiet() {
    return activities.isIdle()
        && queues.isIdle()
        && instances.values().stream().noneMatch(Instance::isBusy);
  }

  /** Gives every instance back and lets go of everything. */
  void close() {
    closed = true;
    claimer.stopHeartbeat();
    queues.close();
    timers.close();
    activities.cancelAll();
    instances.values().forEach(instance -> instance.leaving.abandon());
    instances.clear();
    waiters.close();
  }

  // ---- instances

  @Nullable Instance find(String id) {
    return instances.get(id);
  }

  Collection<Instance> inMemory() {
    return instances.values();
  }

  /** Keeps a new instance, unless there is one of this id in memory; returns the one that is. */
  @Nullable Instance keep(Instance fresh) {
    Instance[] before = new Instance[1];
    instances.compute(
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
    if (closed) {
      return;
    }
    Instance instance = Instance.stored(this, record, ownership);
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
      if (ownership != null && !closed) {
        Instance instance = Instance.stored(this, record, ownership);
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
    return ownership != null && ownership.node().equals(node.id()) && !record.status().isFinished();
  }

  Ownership ownership(InstanceRecord record) {
    return Objects.requireNonNull(record.ownership(), "nobody owns the instance");
  }

  void forget(Instance instance) {
    instances.remove(instance.id(), instance);
  }

  void slotFree() {
    slots.giveBack();
    claimer.room();
  }

  /** Asks the instances that were idle longest to leave memory. */
  private void makeRoom() {
    if (!makingRoom.compareAndSet(false, true)) {
      return;
    }
    int wanted = Math.max(1, slots.total() / 10);
    try {
      // Instances go on working meanwhile, and a sort must not see its keys change.
      List<Seen> oldest = new ArrayList<>();
      instances.values().forEach(instance -> oldest.add(new Seen(instance, instance.lastUsed())));
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
        timers.at(host.now() + BUSY_PAUSE, this::lookForRoomAgain);
      }
    }
  }

  private void lookForRoomAgain() {
    makingRoom.set(false);
    if (slots.isWanted()) {
      makeRoom();
    }
  }

  /** When an instance was used last, as of one moment. */
  private record Seen(Instance instance, long lastUsed) {}

  void claimSoon() {
    claimer.soon();
  }

  private HintListener hints() {
    return new HintListener() {
      @Override
      public void hint(String instanceId) {
        Engine.this.hint(instanceId);
      }

      @Override
      public void hintQueue(String queue) {
        queues.hint(queue);
      }
    };
  }

  private void hint(String id) {
    Instance instance = instances.get(id);
    if (instance != null) {
      instance.mail();
    } else {
      claimer.soon();
    }
    waiters.look(id);
  }

  void mail(String id) {
    Instance instance = instances.get(id);
    if (instance != null) {
      instance.mail();
    } else {
      takeUp(id);
    }
  }

  /** A message is in the inbox of an instance, whoever owns that. */
  void delivered(String id) {
    Instance owner = instances.get(id);
    if (owner != null) {
      owner.mail();
    } else {
      claimer.soon();
    }
  }

  /** Looks after messages that were stored with a turn. */
  void sent(List<Message> messages) {
    boolean elsewhere = false;
    for (Message message : messages) {
      Instance target = instances.get(message.target());
      if (target == null) {
        elsewhere = true;
      } else {
        target.mail();
      }
    }
    if (elsewhere) {
      claimer.soon();
    }
  }

  /**
   * Takes an activity's answer. If the instance is not in memory, whoever loads it runs the
   * activity again.
   */
  void answer(String id, Incoming incoming) {
    Instance instance = instances.get(id);
    if (instance != null) {
      instance.offer(incoming);
    }
  }

  void finished(InstanceRecord record) {
    tracing.ended(record);
    waiters.finished(record);
  }

  InboardException notFound(String operation) {
    return new InboardException(ErrorCode.NOT_FOUND, label, operation, "there is no such workflow");
  }

  /** Takes up an instance that is this node's and was not in memory, or was about to leave it. */
  void takeUp(String id) {
    call(driver().get(id))
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
    if (!closed && reconciling.compareAndSet(false, true)) {
      timers.at(host.now() + 100, this::reconcile);
    }
  }

  private void reconcile() {
    reconciling.set(false);
    call(driver().owned(node.id()))
        .whenComplete(
            (records, error) -> {
              if (error != null) {
                timers.at(host.now() + 1_000, this::reconcileSoon);
                return;
              }
              for (InstanceRecord record : records) {
                Ownership ownership = record.ownership();
                if (ownership != null && instances.get(record.id()) == null) {
                  adopt(record, ownership);
                }
              }
              claimer.soon();
            });
  }

  void leaseLost() {
    reports.leaseLost();
    instances.values().forEach(Instance::check);
  }

  void troubled(String operation, String what, @Nullable Throwable error) {
    if (!closed) {
      reports.troubled(operation, what, error);
    }
  }
}
