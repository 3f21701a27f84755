package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.HintListener;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the instances of this node share, and the life of it all. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Engine {

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
  private final Instances instances = new Instances(this);
  private final AtomicInteger handovers = new AtomicInteger();
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
            options.maxInMemory() > 0 ? options.maxInMemory() : host.maxStrands(),
            instances::makeRoom);
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

  Instances instances() {
    return instances;
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
    tracing.watch(instances.all()::size, activities, queues);
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

  /** Does what hands something on, such as an answer; until it is done nothing is quiet. */
  void handOn(Runnable handover) {
    handovers.incrementAndGet();
    try {
      handover.run();
    } finally {
      handovers.decrementAndGet();
    }
  }

  /** Says whether nothing runs: no activity, no commit, no code. */
  boolean isQuiet() {
    return isHandedOn()
        && instances.all().stream().noneMatch(Instance::isBusy)
        && isHandedOn(); // by an instance that was not looked at yet, or not any more
  }

  private boolean isHandedOn() {
    return activities.isIdle() && queues.isIdle() && handovers.get() == 0;
  }

  /** Gives every instance back and lets go of everything. */
  void close() {
    closed = true;
    claimer.stopHeartbeat();
    queues.close();
    timers.close();
    activities.cancelAll();
    instances.abandonAll();
    waiters.close();
  }

  void slotFree() {
    slots.giveBack();
    claimer.room();
  }

  void claimSoon() {
    claimer.soon();
  }

  private HintListener hints() {
    return new HintListener() {
      @Override
      public void hint(String instanceId) {
        instances.hint(instanceId);
      }

      @Override
      public void hintQueue(String queue) {
        queues.hint(queue);
      }
    };
  }

  void finished(InstanceRecord record) {
    tracing.ended(record);
    waiters.finished(record);
  }

  InboardException notFound(String operation) {
    return new InboardException(ErrorCode.NOT_FOUND, label, operation, "there is no such workflow");
  }

  // ---- when something went wrong

  void leaseLost() {
    reports.leaseLost();
    instances.checkAll();
  }

  void troubled(String operation, String what, @Nullable Throwable error) {
    if (!closed) {
      reports.troubled(operation, what, error);
    }
  }
}
