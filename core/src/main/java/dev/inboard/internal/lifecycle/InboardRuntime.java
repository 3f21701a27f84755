package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import dev.inboard.Portability;
import dev.inboard.TransactionBody;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.configuration.ConfigurationStore;
import dev.inboard.internal.json.Json;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.lock.LockStore;
import dev.inboard.pubsub.PubSub;
import dev.inboard.secrets.SecretStore;
import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.state.StateStore;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  private static final Duration LEAST_CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Settings settings;
  private final Duration watchInterval;
  private final Waiting waiting = new Waiting();
  private final HealthLog healthLog = new HealthLog();
  private final Components components = new Components();
  private final Json json = new Json();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
  private final CountDownLatch closed = new CountDownLatch(1);

  // Written by the starting thread; read by others after they have seen RUNNING.
  private String threadPrefix = "";
  private @Nullable ShutdownHook hook;
  private @Nullable Telemetry telemetry;
  private List<SubscriptionPlan> intake = List.of();
  private volatile @Nullable Work work;

  private enum Phase {
    NEW,
    STARTING,
    RUNNING,
    CLOSING,
    CLOSED
  }

  /** Makes a runtime that has not started. */
  public InboardRuntime(Settings settings) {
    this(settings, HealthWatch.INTERVAL);
  }

  InboardRuntime(Settings settings, Duration watchInterval) {
    this.settings = settings;
    this.watchInterval = watchInterval;
  }

  /** Starts with nothing to prepare. */
  public void start() {
    start(() -> {});
  }

  /**
   * Starts. When it fails, nothing stays open.
   *
   * @param prepare called when every component is open and nothing has come in yet
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem of the resources; the code
   *     of the first component that could not be opened; {@code CONFLICT} when it was started
   *     before; {@code CANCELLED} when it is closed meanwhile or this thread is interrupted
   */
  public void start(Runnable prepare) {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTING)) {
      throw new InboardException(
          ErrorCode.CONFLICT, null, "start", "this runtime was started before; make a new one");
    }
    long begin = System.nanoTime();
    try {
      open(prepare);
      if (!phase.compareAndSet(Phase.STARTING, Phase.RUNNING)) {
        throw calledOff();
      }
    } catch (RuntimeException | Error e) {
      boolean wasClosed = !phase.compareAndSet(Phase.STARTING, Phase.CLOSING);
      release();
      if (wasClosed) {
        throw calledOff();
      }
      throw e;
    }
    if (log.isInfoEnabled()) {
      log.info("started in {} ms: {}", (System.nanoTime() - begin) / 1_000_000, labels());
      log.info("{}", summary());
    }
  }

  private void open(Runnable prepare) {
    if (settings.closeOnShutdown()) {
      hook = addShutdownHook();
    }
    String appId = StartCheck.appIdOf(settings);
    threadPrefix = "inboard-" + appId + "-";
    Checked checked = new StartCheck(settings, appId).check();
    Work made = new Work(settings, checked, json, components, waiting, threadPrefix);
    work = made;
    Opening opening = new Opening(checked, components, waiting, threadPrefix);
    opening.open();
    checkNeeds();
    telemetry = Listeners.listen(settings, appId, components);
    made.connect();
    prepare.run();
    made.begin();
    made.follow(opening.secrets(), closer());
    made.watchHealth(healthLog, watchInterval);
    intake = checked.subscriptions();
    // The first value that becomes JSON loads Jackson; most applications have one soon.
    RuntimeThreads.inBackground(threadPrefix + "json", json::mapper);
  }

  /** Says in one line what comes in, what runs, and who listens. */
  private String summary() {
    List<String> topics =
        intake.stream().map(plan -> plan.pubsubName() + "/" + plan.subscription().topic()).toList();
    return "app '%s' takes in topics %s and bindings %s, runs workflows %s; telemetry: %s"
        .formatted(
            StartCheck.appIdOf(settings),
            topics,
            settings.handlers().bindings().keySet(),
            settings.workflows().registry().workflowNames(),
            telemetry == null ? "nobody listens" : "on");
  }

  private void checkNeeds() {
    Portability report = portability();
    if (!settings.needs().isEmpty()) {
      log.info("{}", report);
    }
    if (!report.isMet()) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          null,
          "start",
          "components lack what the application needs; choose other types for them:\n" + report);
    }
  }

  /** Returns what the application needs of its components, and what they offer. */
  public Portability portability() {
    return Needs.report(components, settings.needs());
  }

  private ShutdownHook addShutdownHook() {
    try {
      return ShutdownHook.add("inboard-shutdown", this::close);
    } catch (IllegalStateException e) {
      throw new InboardException(ErrorCode.CANCELLED, null, "start", "the JVM is shutting down", e);
    }
  }

  private static InboardException calledOff() {
    return new InboardException(
        ErrorCode.CANCELLED, null, "start", "the runtime was closed meanwhile");
  }

  private List<String> labels() {
    return components.inOrder().stream().map(open -> open.component().label()).toList();
  }

  /** Returns the state store of a name. */
  public StateStore stateStore(String name) {
    return facades("stateStore", name).get(Block.STATE, name, "stateStore", StateStore.class);
  }

  /** Returns the pub/sub component of a name. */
  public PubSub pubSub(String name) {
    return facades("pubSub", name).get(Block.PUBSUB, name, "pubSub", PubSub.class);
  }

  /** Returns the secret store of a name. */
  public SecretStore secretStore(String name) {
    return facades("secretStore", name).get(Block.SECRETS, name, "secretStore", SecretStore.class);
  }

  /** Returns the lock store of a name. */
  public LockStore lock(String name) {
    return facades("lock", name).get(Block.LOCK, name, "lock", LockStore.class);
  }

  /** Returns the configuration store of a name. */
  public ConfigurationStore configuration(String name) {
    return facades("configuration", name)
        .get(Block.CONFIGURATION, name, "configuration", ConfigurationStore.class);
  }

  /** Returns the output side of the binding of a name. */
  public OutputBinding binding(String name) {
    return facades("binding", name).binding(name);
  }

  /** Returns the client of the workflows. */
  public Workflows workflows() {
    Workflows client = running("workflows").workflows();
    if (client != null) {
      return client;
    }
    throw settings.workflows().isPresent()
        ? components.missing(Block.WORKFLOWS, EmbeddedDefaults.WORKFLOWS, "workflows")
        : new InboardException(
            ErrorCode.NOT_FOUND,
            null,
            "workflows",
            "no workflow is registered; call Inboard.builder().workflow(…) before the start");
  }

  /** Runs a transaction over several components. */
  public <E extends Exception> void transaction(TransactionBody<E> body) throws E {
    running("transaction").transactions().run(body);
  }

  private Facades facades(String verb, String name) {
    return running(verb + " '" + name + "'").facades();
  }

  private Work running(String operation) {
    Work current = work;
    Phase now = phase.get();
    if (current == null || (now != Phase.STARTING && now != Phase.RUNNING)) {
      throw new InboardException(
          ErrorCode.CANCELLED, null, operation, "the runtime is closed; start another");
    }
    return current;
  }

  /** Says whether it runs. */
  public boolean isLive() {
    return phase.get() == Phase.RUNNING;
  }

  /**
   * Returns how the runtime and its components are doing.
   *
   * @param limit the longest wait for the answers of all components
   */
  public Health health(Duration limit) {
    if (!isLive()) {
      return new Health(false, false, List.of());
    }
    List<Health.Component> all = new ArrayList<>(HealthCheck.of(components, limit));
    healthLog.write(all);
    boolean ready = all.stream().allMatch(component -> component.ready() || component.optional());
    all.addAll(components.failed());
    return new Health(true, ready, List.copyOf(all));
  }

  @Override
  public void close() {
    while (true) { // until a phase is seen that does not change under our hands
      switch (Objects.requireNonNull(phase.get())) {
        case NEW -> {
          if (phase.compareAndSet(Phase.NEW, Phase.CLOSED)) {
            closed.countDown();
            return;
          }
        }
        case STARTING -> {
          if (phase.compareAndSet(Phase.STARTING, Phase.CLOSING)) {
            waiting.callOff(); // the starting thread releases
            awaitClosed();
            return;
          }
        }
        case RUNNING -> {
          if (phase.compareAndSet(Phase.RUNNING, Phase.CLOSING)) {
            release();
            log.info("closed");
            return;
          }
        }
        case CLOSING, CLOSED -> {
          awaitClosed();
          return;
        }
      }
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
      endWork();
      closer()
          .closeInReverse(components.inOrder().stream().map(Components.Open::component).toList());
      if (telemetry != null) {
        telemetry.close();
      }
      if (hook != null) {
        hook.remove();
      }
    } finally {
      phase.set(Phase.CLOSED);
      closed.countDown();
    }
  }

  private Closer closer() {
    return new Closer(closeLimit(), threadPrefix);
  }

  /** Even who does not wait for handlers wants the components closed properly. */
  private Duration closeLimit() {
    Duration drainTimeout = settings.drainTimeout();
    return drainTimeout.compareTo(LEAST_CLOSE_LIMIT) < 0 ? LEAST_CLOSE_LIMIT : drainTimeout;
  }

  private void endWork() {
    Work current = work;
    try {
      if (current != null) {
        current.end(settings.drainTimeout());
      }
    } catch (RuntimeException | Error e) { // the components must be closed all the same
      log.error("ending the work failed", e);
    }
  }
}
