package dev.inboard;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.lifecycle.InboardRuntime;
import dev.inboard.internal.lifecycle.Settings;
import dev.inboard.internal.resources.ClassPathSource;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.FileSource;
import dev.inboard.internal.resources.Source;
import dev.inboard.spi.Provider;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running set of building blocks: the one object an application makes, and from which it reaches
 * everything.
 *
 * <pre>{@code
 * try (Inboard inboard = Inboard.builder().appId("checkout").resources(Path.of("resources")).start()) {
 *   inboard.stateStore("orders").save("17", order);
 * }
 * }</pre>
 *
 * <h2>Components</h2>
 *
 * Which components there are, and what stands behind each, is said by resource files: the same YAML
 * documents that a Dapr sidecar reads. An application that names no resources has the embedded
 * defaults:
 *
 * <table>
 *   <caption>Embedded defaults</caption>
 *   <tr><th>name</th><th>type</th><th>what it is</th></tr>
 *   <tr><td>{@code state}</td><td>{@code state.sqlite}</td>
 *       <td>the file {@code state.db} in the {@link Builder#dataFolder data folder}</td></tr>
 *   <tr><td>{@code pubsub}</td><td>{@code pubsub.in-memory}</td><td>topics inside this process</td></tr>
 *   <tr><td>{@code env}</td><td>{@code secretstores.local.env}</td><td>environment variables</td></tr>
 *   <tr><td>{@code secrets}</td><td>{@code secretstores.local.file}</td>
 *       <td>the file {@code secrets.json} in the data folder, when it is there at the start</td></tr>
 * </table>
 *
 * As soon as any resource is named, only what the resources say is there.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. All threads of a runtime are daemons: they do not keep the JVM
 * alive.
 */
public final class Inboard implements AutoCloseable {
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

  private final InboardRuntime runtime;

  private Inboard(InboardRuntime runtime) {
    this.runtime = runtime;
  }

  /** Begins to describe a runtime. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns how the runtime and each component are doing; waits at most two seconds for their
   * answers.
   */
  public Health health() {
    return runtime.health(HEALTH_LIMIT);
  }

  /**
   * Returns how the runtime and each component are doing.
   *
   * @param limit the longest wait for the answers of all components together
   */
  public Health health(Duration limit) {
    return runtime.health(limit);
  }

  /**
   * Takes in no more messages and events, waits for the handlers at work up to {@link
   * Builder#drainTimeout}, and closes every component in the reverse of the order in which they
   * were opened. What was not handled goes back to its broker. A component that fails or hangs
   * while it closes is logged and does not keep the others open.
   *
   * <p>Calling it again does nothing; calling it while another thread closes waits for that. A
   * handler must not call it: it would wait for itself, until the drain timeout ends that.
   */
  @Override
  public void close() {
    runtime.close();
  }

  /**
   * Describes a runtime and starts it. For one thread; good for one start.
   *
   * <p>Everything is checked before anything is opened, and everything that is wrong is reported
   * together.
   */
  public static final class Builder {
    private final List<Source> sources = new ArrayList<>();
    private final List<Provider<?>> providers = new ArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private @Nullable String appId;
    private Path dataFolder = Path.of("inboard-data");
    private Clock clock = Clock.systemUTC();
    private Duration drainTimeout = Duration.ofSeconds(30);
    private boolean strict;
    private boolean closeOnShutdown;

    private Builder() {}

    /**
     * Names the application. The id stands before its keys in state stores, is its consumer group
     * on brokers, and is what the scopes of resources name. Required, here or as the environment
     * variable {@code APP_ID}.
     *
     * @param appId not empty, without {@code ||}
     */
    public Builder appId(String appId) {
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
    public Builder resources(Path first, Path... more) {
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
    public Builder resourcesOnClassPath(String first, String... more) {
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
    public Builder dataFolder(Path folder) {
      this.dataFolder = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Refuses to start for what is otherwise only a warning, because a sidecar would accept it:
     * names of fields that nobody knows, folders without resources, and the like.
     */
    public Builder strict() {
      strict = true;
      return this;
    }

    /** Serves component types with a provider beside those that are found on the class path. */
    public Builder provider(Provider<?> provider) {
      providers.add(Objects.requireNonNull(provider, "provider"));
      return this;
    }

    /** Chooses the time; by default the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Chooses how long {@link Inboard#close} waits for handlers at work before it interrupts them,
     * and then for each component; by default 30 seconds.
     *
     * @param timeout zero: not at all
     */
    public Builder drainTimeout(Duration timeout) {
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
    public Builder closeOnShutdown() {
      closeOnShutdown = true;
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
      InboardRuntime runtime =
          new InboardRuntime(
              new Settings(
                  appId,
                  List.copyOf(sources),
                  dataFolder,
                  strict,
                  clock,
                  drainTimeout,
                  closeOnShutdown,
                  new Environment(System.getenv()),
                  classLoader(),
                  List.copyOf(providers)));
      runtime.start();
      return new Inboard(runtime);
    }

    private static ClassLoader classLoader() {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      return context == null ? Inboard.class.getClassLoader() : context;
    }
  }
}
