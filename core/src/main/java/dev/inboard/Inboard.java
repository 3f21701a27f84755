package dev.inboard;

import dev.inboard.bindings.OutputBinding;
import dev.inboard.common.InboardException;
import dev.inboard.configuration.ConfigurationStore;
import dev.inboard.internal.lifecycle.InboardRuntime;
import dev.inboard.internal.lifecycle.ResourceCheck;
import dev.inboard.lock.LockStore;
import dev.inboard.pubsub.PubSub;
import dev.inboard.secrets.SecretStore;
import dev.inboard.state.StateStore;
import dev.inboard.workflow.Workflows;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
 *       <td>the file {@code state.db} in the {@link InboardBuilder#dataFolder data folder}</td></tr>
 *   <tr><td>{@code pubsub}</td><td>{@code pubsub.in-memory}</td><td>topics inside this process</td></tr>
 *   <tr><td>{@code env}</td><td>{@code secretstores.local.env}</td><td>environment variables</td></tr>
 *   <tr><td>{@code secrets}</td><td>{@code secretstores.local.file}</td>
 *       <td>the file {@code secrets.json} in the data folder, when it is there at the start</td></tr>
 * </table>
 *
 * As soon as any resource is named, only what the resources say is there.
 *
 * <h2>Workflows</h2>
 *
 * Registered workflows need one component of type {@code workflowbackend.…}. An application without
 * one, with other resources or without, gets the embedded default {@code workflows}, of type {@code
 * workflowbackend.sqlite}, in the file {@code state.db} of the data folder. It is fully durable:
 * what is acknowledged survives the end of the process and of the machine, as long as the file
 * does, and one process at a time should use it. The log says at the start which file that is.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. All threads of a runtime are daemons: they do not keep the JVM
 * alive.
 */
public final class Inboard implements AutoCloseable {
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

  private final InboardRuntime runtime;

  Inboard(InboardRuntime runtime) {
    this.runtime = runtime;
  }

  /** Begins to describe a runtime. */
  public static InboardBuilder builder() {
    return new InboardBuilder();
  }

  /**
   * Returns a state store.
   *
   * @param name the component's name in the resources
   * @throws InboardException {@code NOT_FOUND} when there is no state store of this name; the
   *     message lists those there are, or the artifact to add; {@code CANCELLED} when the runtime
   *     is closed
   */
  public StateStore stateStore(String name) {
    return runtime.stateStore(name);
  }

  /**
   * Returns a publish/subscribe component.
   *
   * @param name the component's name in the resources
   * @throws InboardException as {@link #stateStore} does
   */
  public PubSub pubSub(String name) {
    return runtime.pubSub(name);
  }

  /**
   * Returns a secret store.
   *
   * @param name the component's name in the resources
   * @throws InboardException as {@link #stateStore} does
   */
  public SecretStore secretStore(String name) {
    return runtime.secretStore(name);
  }

  /**
   * Returns a lock store.
   *
   * @param name the component's name in the resources
   * @throws InboardException as {@link #stateStore} does
   */
  public LockStore lock(String name) {
    return runtime.lock(name);
  }

  /**
   * Returns a configuration store.
   *
   * @param name the component's name in the resources
   * @throws InboardException as {@link #stateStore} does
   */
  public ConfigurationStore configuration(String name) {
    return runtime.configuration(name);
  }

  /**
   * Returns the output side of a binding. Its input side is handled by {@link
   * InboardBuilder#inputBinding}.
   *
   * @param name the component's name in the resources
   * @throws InboardException as {@link #stateStore} does; {@code UNSUPPORTED} when the binding has
   *     no output side
   */
  public OutputBinding binding(String name) {
    return runtime.binding(name);
  }

  /**
   * Returns the client that starts workflows and looks after them.
   *
   * @throws InboardException {@code NOT_FOUND} when no workflow is registered or the backend could
   *     not be opened; {@code CANCELLED} when the runtime is closed
   */
  public Workflows workflows() {
    return runtime.workflows();
  }

  /**
   * Makes one transaction of what several components of one database are to do: changes of state
   * with their outbox events, starts and events of workflows, and statements of your own. All of it
   * takes effect, or nothing.
   *
   * <pre>{@code
   * inboard.transaction(
   *     tx -> {
   *       tx.state("orders", StateChange.save("17", order), StateChange.event("17", placed));
   *       tx.start("shipping", "17", StartOptions.id("ship-17"));
   *     });
   * }</pre>
   *
   * <p>Blocks. It is not tried again, and no policy of the components stands around it.
   *
   * @param body says what is to happen; when it throws, nothing happens
   * @throws E what the body throws
   * @throws InboardException {@code UNSUPPORTED} when a component cannot take part, or lies in
   *     another database; {@code ETAG_MISMATCH} or {@code CONFLICT} when another writer was there
   *     first; a transient code when the database is not there, and then it may have taken effect
   */
  public <E extends Exception> void transaction(TransactionBody<E> body) throws E {
    runtime.transaction(body);
  }

  /** Returns what the application needs of each component, and what the component offers. */
  public Portability portability() {
    return runtime.portability();
  }

  /**
   * Reads resource files and checks everything that can be checked without opening anything and
   * without the application's code, as a step of a build does. {@link InboardBuilder#check} checks
   * the code too. The providers on the class path say which types and fields there are; the
   * application id is what the environment variable {@code APP_ID} says, else {@code app}.
   *
   * @param first a file or a folder, as {@link InboardBuilder#resources} takes it
   */
  public static CheckReport check(Path first, Path... more) {
    return ResourceCheck.withoutCode(null, false, List.of(), paths(first, more));
  }

  private static List<Path> paths(Path first, Path... more) {
    List<Path> paths = new ArrayList<>(List.of(more));
    paths.add(0, first);
    return paths;
  }

  /** Says whether the runtime is started and not closed; asks no component. */
  public boolean isLive() {
    return runtime.isLive();
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
   * Takes in no more messages and events, waits for the handlers and then the activities at work up
   * to {@link InboardBuilder#drainTimeout}, gives the workflows back to their backend, and closes
   * every component in the reverse of the order in which they were opened. What was not handled
   * goes back to its broker. A component that fails or hangs while it closes is logged and does not
   * keep the others open.
   *
   * <p>Calling it again does nothing; calling it while another thread closes waits for that. A
   * handler must not call it: it would wait for itself, until the drain timeout ends that.
   */
  @Override
  public void close() {
    runtime.close();
  }
}
