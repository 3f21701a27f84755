package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instances of this node that are in memory, and everything they share. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Engine {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final long SLOW_TURN = 1_000;

  private final String label;
  private final Supplier<WorkflowBackendDriver> driver;
  private final Host host;
  private final WorkflowOptions options;
  private final Execution.Rules rules;
  private final Node node;
  private final TimerHeap timers;
  private final Activities activities;
  private final Slots slots;
  private final Claimer claimer;
  private final Waiters waiters;
  private final Retention retention;
  private final ConcurrentMap<String, Instance> instances = new ConcurrentHashMap<>();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean reconciling = new AtomicBoolean();
  private final AtomicBoolean makingRoom = new AtomicBoolean();
  private volatile boolean draining; // written by drain
  private volatile boolean closed; // written by close

  Engine(
      String label,
      Supplier<WorkflowBackendDriver> driver,
      Host host,
      WorkflowOptions options,
      Execution.Rules rules,
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
    this.retention = new Retention(this, options.retention());
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

  Execution.Rules rules() {
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
    return call(driver().join(node))
        .thenRun(
            () -> {
              driver().watch(this::hint);
              claimer.start();
              watchLater();
              retention.start();
            });
  }

  /** Begins nothing more. */
  void drain() {
    draining = true;
    claimer.stop();
    activities.close();
  }

  /** Says whether nothing runs: no activity, no commit, no code. */
  boolean isQuiet() {
    return activities.isIdle() && instances.values().stream().noneMatch(Instance::isBusy);
  }

  /** Gives every instance back and lets go of everything. */
  void close() {
    closed = true;
    claimer.stopHeartbeat();
    timers.close();
    activities.cancelAll();
    instances.values().forEach(Instance::abandon);
    instances.clear();
    waiters.close();
  }

  // ---- instances

  @Nullable Instance find(String id) {
    return instances.get(id);
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
      instance.load();
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
          instance.beginNew();
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
    try {
      List<Instance> oldest = new ArrayList<>(instances.values());
      oldest.sort(Comparator.comparingLong(Instance::lastUsed));
      int wanted = Math.max(1, slots.total() / 10);
      for (Instance instance : oldest) {
        if (wanted > 0 && instance.leave(false)) {
          wanted--;
        }
      }
    } finally {
      makingRoom.set(false);
    }
  }

  void claimSoon() {
    claimer.soon();
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
      reconcileSoon();
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
    waiters.finished(record);
  }

  // ---- messages from clients

  /** Tells an instance something; completes when that is stored. */
  CompletableFuture<Void> send(
      String operation, String id, HistoryEvent.Input event, String messageId) {
    CompletableFuture<Void> stored = new CompletableFuture<>();
    Instance instance = instances.get(id);
    Envelope envelope = Envelope.toAny(event);
    if (instance != null && instance.offer(new Incoming(envelope, -1, stored))) {
      return stored;
    }
    return deliver(operation, new Message(id, messageId, envelope.encode()));
  }

  private CompletableFuture<Void> deliver(String operation, Message message) {
    String id = message.target();
    return call(driver().deliver(message))
        .thenAccept(
            delivery -> {
              if (delivery == Delivery.NOT_FOUND) {
                throw notFound(operation);
              } else if (delivery == Delivery.FINISHED) {
                throw new InboardException(
                    ErrorCode.CONFLICT, label, operation, "the workflow has finished");
              }
              Instance owner = instances.get(id);
              if (owner != null) {
                owner.mail();
              } else {
                claimer.soon();
              }
            });
  }

  InboardException notFound(String operation) {
    return new InboardException(ErrorCode.NOT_FOUND, label, operation, "there is no such workflow");
  }

  /** Sends what an instance could not store the long way round. */
  void redirect(String id, Incoming incoming) {
    CompletableFuture<Void> stored = incoming.stored();
    if (stored == null) {
      return;
    }
    String operation = "tell workflow '" + id + "'";
    if (closed) {
      stored.completeExceptionally(closing(operation));
      return;
    }
    String messageId =
        incoming.envelope().event() instanceof HistoryEvent.EventRaised raised
            ? raised.messageId()
            : Long.toHexString(host.random());
    deliver(operation, new Message(id, messageId, incoming.envelope().encode()))
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                stored.complete(null);
              } else {
                stored.completeExceptionally(unwrap(error));
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
    log.warn(
        "{}: this node's lease ran out before it could prolong it; others may have taken its workflows over",
        label);
    instances.values().forEach(Instance::check);
  }

  void troubled(String operation, String what, @Nullable Throwable error) {
    String reason = error == null ? "no answer" : String.valueOf(error.getMessage());
    if (!closed && reported.add(operation + reason)) {
      log.warn("{}: {} '{}' failed and will be tried again: {}", label, operation, what, reason);
    }
    if (reported.size() > 100) {
      reported.clear();
    }
  }

  void stalled(String id, String reason) {
    log.warn("{}: workflow '{}' is stalled: {}", label, id, reason);
  }

  void unreadable(String id, Exception error) {
    log.warn(
        "{}: workflow '{}' has a message that cannot be read: {}", label, id, error.getMessage());
  }

  void defect(String operation, String id, Throwable error) {
    log.error(
        "{}: {} workflow '{}' failed; this is a defect of Inboard", label, operation, id, error);
  }

  String unknownWorkflow(InstanceDefinition definition) {
    Set<String> versions = rules.registry().versions(definition.name());
    if (versions.isEmpty()) {
      return "no workflow '%s' is registered; registered are %s"
          .formatted(definition.name(), rules.registry().workflowNames());
    }
    return "workflow '%s' is registered, but not in version '%s'; registered versions are %s"
        .formatted(definition.name(), definition.version(), versions);
  }

  // ---- now and then

  private void watchLater() {
    timers.at(host.now() + host.longestSleep(), this::watch);
  }

  /** Reports code that does not come back, and asks idle instances to leave memory. */
  private void watch() {
    long now = host.now();
    long idleSince = now - options.idle().toMillis();
    for (Instance instance : instances.values()) {
      long since = instance.runningSince();
      if (since > 0 && now - since > SLOW_TURN && reported.add(instance.id() + since)) {
        Throwable where = new Throwable("where it is now");
        where.setStackTrace(instance.stackTrace());
        log.warn(
            "{}: workflow '{}' has run for {} ms without waiting for anything; work belongs into activities",
            label,
            instance.id(),
            now - since,
            where);
      }
      if (instance.lastUsed() < idleSince) {
        instance.leave(false);
      }
    }
    watchLater();
  }
}
