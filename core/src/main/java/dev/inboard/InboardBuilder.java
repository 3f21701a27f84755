package dev.inboard;

import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.lifecycle.Codecs;
import dev.inboard.internal.lifecycle.Handlers;
import dev.inboard.internal.lifecycle.InboardRuntime;
import dev.inboard.internal.lifecycle.Needs;
import dev.inboard.internal.lifecycle.ResourceCheck;
import dev.inboard.internal.lifecycle.Settings;
import dev.inboard.internal.lifecycle.WarmUp;
import dev.inboard.internal.lifecycle.WorkflowCode;
import dev.inboard.internal.resources.ClassPathSource;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.FileSource;
import dev.inboard.internal.resources.Source;
import dev.inboard.internal.workflow.Registry;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Provider;
import dev.inboard.spi.telemetry.TelemetryProvider;
import dev.inboard.workflow.Activity;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.TransactionalActivity;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes a runtime and starts it. For one thread; good for one start.
 *
 * <p>Everything is checked before anything is opened, and everything that is wrong is reported
 * together.
 */
public final class InboardBuilder {
  private static final Duration FOLLOW_INTERVAL = Duration.ofSeconds(1);

  private final List<Source> sources = new ArrayList<>();
  private final List<Provider<?>> providers = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final List<Consumer<Inboard>> onOpen = new ArrayList<>();
  private final List<Handlers.CodeSubscription> subscriptions = new ArrayList<>();
  private final Map<String, EventHandler<?>> handlers = new LinkedHashMap<>();
  private final Map<String, Handlers.InputHandler> inputBindings = new LinkedHashMap<>();
  private final Registry workflows = new Registry();
  private WorkflowOptions workflowOptions = WorkflowOptions.DEFAULT;
  private final Map<String, Codec> codecs = new LinkedHashMap<>();
  private final Map<String, Needs> needs = new LinkedHashMap<>();
  private @Nullable Codec codec;
  private @Nullable String appId;
  private Path dataFolder = Path.of("inboard-data");
  private Clock clock = Clock.systemUTC();
  private Duration drainTimeout = Duration.ofSeconds(30);
  private boolean strict;
  private boolean closeOnShutdown;
  private boolean followsResources;
  private @Nullable TelemetryProvider telemetry;

  InboardBuilder() {}

  /**
   * Names the application. The id stands before its keys in state stores, is its consumer group on
   * brokers, and is what the scopes of resources name. Required, here or as the environment
   * variable {@code APP_ID}.
   *
   * @param appId not empty, without {@code ||}
   */
  public InboardBuilder appId(String appId) {
    this.appId = Objects.requireNonNull(appId, "appId");
    return this;
  }

  /**
   * Adds resource files. Several calls add up; documents count in the order of the files.
   *
   * @param first a file, or a folder whose {@code .yaml} and {@code .yml} files are read in the
   *     order of their names
   * @param more further ones
   */
  public InboardBuilder resources(Path first, Path... more) {
    sources.add(new FileSource(first));
    for (Path path : more) {
      sources.add(new FileSource(path));
    }
    return this;
  }

  /**
   * Adds resource files from the class path, as the context class loader of this thread sees it.
   *
   * @param first a file ({@code inboard/orders.yaml}), or a folder ({@code inboard}) as in {@link
   *     #resources}
   * @param more further ones
   */
  public InboardBuilder resourcesOnClassPath(String first, String... more) {
    sources.add(new ClassPathSource(first, classLoader()));
    for (String name : more) {
      sources.add(new ClassPathSource(name, classLoader()));
    }
    return this;
  }

  /**
   * Chooses where the embedded defaults keep their files; by default {@code inboard-data} in the
   * working directory.
   */
  public InboardBuilder dataFolder(Path folder) {
    this.dataFolder = Objects.requireNonNull(folder, "folder");
    return this;
  }

  /**
   * Refuses to start for what is otherwise only a warning, because a sidecar would accept it: names
   * of fields that nobody knows, folders without resources, and the like.
   */
  public InboardBuilder strict() {
    strict = true;
    return this;
  }

  /**
   * Has this called by {@link #start} when every component is open, before workflows go on and
   * before the first message is handled: the place to make what handlers and activities need.
   * Several are called in their order; one that throws ends the start with what it threw.
   *
   * @param prepare may use every component; must not close the runtime
   */
  public InboardBuilder onOpen(Consumer<Inboard> prepare) {
    onOpen.add(Objects.requireNonNull(prepare, "prepare"));
    return this;
  }

  /** Serves component types with a provider beside those that are found on the class path. */
  public InboardBuilder provider(Provider<?> provider) {
    providers.add(Objects.requireNonNull(provider, "provider"));
    return this;
  }

  /**
   * Subscribes to a topic. The handler is called as soon as a message arrives, which may be before
   * {@link #start} returns.
   *
   * @param pubsubName the component's name in the resources
   * @param type what the data of events is decoded to
   */
  public <T> InboardBuilder subscribe(
      String pubsubName, String topic, Class<T> type, MessageHandler<T> handler) {
    return subscribe(pubsubName, TopicSubscription.to(topic, type, handler));
  }

  /** Subscribes to a topic whose data has a generic type. */
  public <T> InboardBuilder subscribe(
      String pubsubName, String topic, TypeRef<T> type, MessageHandler<T> handler) {
    return subscribe(pubsubName, TopicSubscription.to(topic, type, handler));
  }

  /**
   * Subscribes to a topic in every detail that can be chosen: routes, concurrency, retries, dead
   * letters, batches.
   */
  public InboardBuilder subscribe(String pubsubName, TopicSubscription subscription) {
    Objects.requireNonNull(pubsubName, "pubsubName");
    Objects.requireNonNull(subscription, "subscription");
    subscriptions.add(new Handlers.CodeSubscription(pubsubName, subscription));
    return this;
  }

  /**
   * Names a handler, so that {@code Subscription} documents can send events to it: by {@code
   * route}, or by the {@code path} of a rule, with or without a leading slash.
   *
   * @param type what the data of events is decoded to
   * @throws IllegalArgumentException when the name has a handler
   */
  public <T> InboardBuilder handler(String name, Class<T> type, MessageHandler<T> handler) {
    return handler(name, EventHandler.of(type, handler));
  }

  /** Names a handler of any kind. See {@link #handler(String, Class, MessageHandler)}. */
  public InboardBuilder handler(String name, EventHandler<?> handler) {
    put(handlers, "handler", name.startsWith("/") ? name.substring(1) : name, handler);
    return this;
  }

  /**
   * Handles the events of an input binding.
   *
   * @param name the component's name, or the {@code route} that its metadata names instead
   * @param type what the data of events is decoded to; {@code Void} when only the event matters
   * @throws IllegalArgumentException when the binding has a handler
   */
  public <T extends @Nullable Object> InboardBuilder inputBinding(
      String name, Class<T> type, BindingHandler<T> handler) {
    return inputBinding(name, type, handler, InputOptions.DEFAULT);
  }

  /** Handles the events of an input binding with other concurrency or retries. */
  public <T extends @Nullable Object> InboardBuilder inputBinding(
      String name, Class<T> type, BindingHandler<T> handler, InputOptions options) {
    Objects.requireNonNull(handler, "handler");
    put(inputBindings, "input binding", name, new Handlers.InputHandler(type, handler, options));
    return this;
  }

  private static <V> void put(Map<String, V> map, String what, String name, V value) {
    if (map.putIfAbsent(name, Objects.requireNonNull(value, what)) != null) {
      throw new IllegalArgumentException("the " + what + " '" + name + "' is given twice");
    }
  }

  /**
   * Registers a workflow.
   *
   * @param type has a constructor without arguments; each run gets an object of its own
   * @throws IllegalArgumentException when it has none, or the name is taken; also below
   */
  public InboardBuilder workflow(String name, Class<? extends Workflow<?, ?>> type) {
    workflows.workflow(name, type);
    return this;
  }

  /**
   * Registers a version of a workflow. New instances get the version that is registered last; those
   * that began in another one stay with it, so keep it registered as long as there are any.
   */
  public InboardBuilder workflow(
      String name, String version, Class<? extends Workflow<?, ?>> type) {
    workflows.workflow(name, version, type);
    return this;
  }

  /** Registers a workflow object, which all runs share; it must not keep state. */
  public InboardBuilder workflow(String name, Workflow<?, ?> workflow) {
    workflows.workflow(name, "", workflow);
    return this;
  }

  /** Registers a version given as an object, which all runs share; it must not keep state. */
  public InboardBuilder workflow(String name, String version, Workflow<?, ?> workflow) {
    workflows.workflow(name, version, workflow);
    return this;
  }

  /** Registers a workflow given as a lambda. */
  public <I> InboardBuilder workflow(String name, Class<I> inputType, Workflow<I, ?> workflow) {
    workflows.workflow(name, "", inputType, workflow);
    return this;
  }

  /** Registers a version given as a lambda. */
  public <I> InboardBuilder workflow(
      String name, String version, Class<I> inputType, Workflow<I, ?> workflow) {
    workflows.workflow(name, version, inputType, workflow);
    return this;
  }

  /** Registers a workflow given as a lambda, whose input has a generic type. */
  public <I> InboardBuilder workflow(String name, TypeRef<I> inputType, Workflow<I, ?> workflow) {
    workflows.workflow(name, "", inputType, workflow);
    return this;
  }

  /**
   * Registers an activity.
   *
   * @param type has a constructor without arguments; one object serves all calls
   */
  public InboardBuilder activity(String name, Class<? extends Activity<?, ?>> type) {
    workflows.activity(name, type);
    return this;
  }

  /** Registers an activity object, which serves all calls, many at a time. */
  public InboardBuilder activity(String name, Activity<?, ?> activity) {
    workflows.activity(name, activity);
    return this;
  }

  /** Registers an activity given as a lambda. */
  public <I> InboardBuilder activity(String name, Class<I> inputType, Activity<I, ?> activity) {
    workflows.activity(name, inputType, activity);
    return this;
  }

  /** Registers an activity given as a lambda, whose input has a generic type. */
  public <I> InboardBuilder activity(String name, TypeRef<I> inputType, Activity<I, ?> activity) {
    workflows.activity(name, inputType, activity);
    return this;
  }

  /**
   * Registers an activity whose effect in the database of the workflows is committed together with
   * its result, and so happens exactly once. The workflow backend must be able to; else the
   * activity fails with {@code UNSUPPORTED}.
   */
  public <I> InboardBuilder transactionalActivity(
      String name, Class<I> inputType, TransactionalActivity<I, ?> activity) {
    workflows.transactionalActivity(name, inputType, activity);
    return this;
  }

  /**
   * Registers every method of an interface as an activity; a workflow calls them like plain Java
   * through {@link WorkflowContext#activities}.
   */
  public <T> InboardBuilder activities(Class<T> type, T implementation) {
    workflows.activities(type, implementation);
    return this;
  }

  /**
   * Listens to a queue of activities: this node runs what workflows of any node put there with
   * {@link dev.inboard.workflow.CallOptions#queue(String)}. The activities must be registered here
   * too. {@link #start} fails with {@code UNSUPPORTED} when the workflow backend has no queues.
   *
   * @throws IllegalArgumentException when the name is empty or registered already
   */
  public InboardBuilder activityQueue(String name, QueueOptions options) {
    workflows.queue(name, Objects.requireNonNull(options, "options"));
    return this;
  }

  /** Chooses how workflows are run: limits, time in memory, retention. */
  public InboardBuilder workflowOptions(WorkflowOptions options) {
    this.workflowOptions = Objects.requireNonNull(options, "options");
    return this;
  }

  /**
   * Chooses how values become bytes in state stores, on topics and in workflows; by default JSON.
   */
  public InboardBuilder codec(Codec codec) {
    this.codec = Objects.requireNonNull(codec, "codec");
    return this;
  }

  /**
   * Chooses how the values of one state store, pub/sub component or workflow backend become bytes.
   *
   * @param componentName the component's name in the resources
   * @throws IllegalArgumentException when the component has a codec
   */
  public InboardBuilder codec(String componentName, Codec codec) {
    put(codecs, "codec of", componentName, codec);
    return this;
  }

  /**
   * Says what the application needs of a component. The start fails when the component does not
   * offer it, so that changing a file cannot silently weaken what the code relies on. Several calls
   * add up.
   *
   * @param componentName the component's name in the resources
   * @param features such as {@code ETAG}, {@code TRANSACTIONAL}, {@code ORDER_PER_KEY}
   */
  public InboardBuilder needs(String componentName, Feature... features) {
    needs.merge(componentName, Needs.of(features), Needs::and);
    return this;
  }

  /**
   * Says what the acknowledged writes or messages of a component must survive. A component that
   * cannot tell does not meet it.
   */
  public InboardBuilder needs(String componentName, Durability atLeast) {
    needs.merge(componentName, Needs.of(atLeast), Needs::and);
    return this;
  }

  /** Chooses the time; by default the system's. */
  public InboardBuilder clock(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Chooses how long {@link Inboard#close} waits for handlers at work before it interrupts them; by
   * default 30 seconds. Each component then has as long to close, but never less than five seconds.
   *
   * @param timeout zero: handlers are interrupted at once
   */
  public InboardBuilder drainTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("the drain timeout " + timeout + " is negative");
    }
    this.drainTimeout = timeout;
    return this;
  }

  /**
   * Closes the runtime when the JVM shuts down, as on SIGTERM. By default only {@link
   * Inboard#close} does.
   */
  public InboardBuilder closeOnShutdown() {
    closeOnShutdown = true;
    return this;
  }

  /**
   * Follows the resource files while the runtime runs: within seconds of a change, however it is
   * made, components, subscriptions and policies are added, changed or removed, and calls go on.
   *
   * <p>When anything is wrong with the changed files, nothing changes, and the log says what. A
   * component that cannot be opened leaves the one before in charge, and is tried again. Changed
   * {@code Configuration} documents, outboxes and workflow backends take effect at the next start.
   * A component of the same name but another building block takes the place of the one before; what
   * the application holds of that then fails with {@code CANCELLED}.
   */
  public InboardBuilder followResources() {
    followsResources = true;
    return this;
  }

  /**
   * Chooses who is told of every call, message and attempt; by default the provider on the class
   * path, and nobody where there is none.
   */
  public InboardBuilder telemetry(TelemetryProvider provider) {
    this.telemetry = Objects.requireNonNull(provider, "provider");
    return this;
  }

  /**
   * Starts the runtime: reads and checks the resources, opens every component, and subscribes.
   * Blocks until everything serves; when it fails, nothing stays open. Interrupting the thread
   * calls it off.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem of the resources, each
   *     with file, line and cure; the code of the first component that could not be opened, with
   *     every failure; {@code CONFLICT} when this builder has started a runtime before
   */
  public Inboard start() {
    if (!started.compareAndSet(false, true)) {
      throw new InboardException(
          ErrorCode.CONFLICT,
          null,
          "start",
          "this builder has started a runtime before; make a new builder");
    }
    Settings settings = settings();
    WarmUp.begin(settings);
    InboardRuntime runtime = new InboardRuntime(settings);
    Inboard inboard = new Inboard(runtime);
    runtime.start(() -> onOpen.forEach(prepare -> prepare.accept(inboard)));
    return inboard;
  }

  /**
   * Reads the resources and checks everything that can be checked without opening anything: what
   * {@link #start} would report before it opens the first component.
   */
  public CheckReport check() {
    return ResourceCheck.of(settings());
  }

  private Settings settings() {
    return new Settings(
        appId,
        List.copyOf(sources),
        dataFolder,
        strict,
        clock,
        drainTimeout,
        closeOnShutdown,
        followsResources ? FOLLOW_INTERVAL : null,
        new Environment(System.getenv()),
        classLoader(),
        List.copyOf(providers),
        new Handlers(List.copyOf(subscriptions), Map.copyOf(handlers), Map.copyOf(inputBindings)),
        new WorkflowCode(workflows, workflowOptions),
        telemetry,
        new Codecs(Map.copyOf(codecs), codec),
        Map.copyOf(needs));
  }

  private static ClassLoader classLoader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? Inboard.class.getClassLoader() : context;
  }
}
