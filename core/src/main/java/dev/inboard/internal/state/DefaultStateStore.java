package dev.inboard.internal.state;

import dev.inboard.Codec;
import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.state.AsyncStateStore;
import dev.inboard.state.BulkEntry;
import dev.inboard.state.BulkResult;
import dev.inboard.state.KeyPage;
import dev.inboard.state.QueryPage;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A state store over the driver of one component. Safe for use by many threads. */
public final class DefaultStateStore implements StateStore {
  private static final int KEYS_PER_PAGE = 1_000;

  private final String name;
  private final OpenedComponent<StateStoreDriver> component;
  private final Derived<StateStoreDriver, StateRequests> requests;
  private final DriverCalls<StateStoreDriver> calls;
  private final AsyncStateStore async;
  private volatile @Nullable TransactionOutbox outbox; // set before the application has the store

  /** Makes a store that keeps its values as JSON. */
  public DefaultStateStore(OpenedComponent<StateStoreDriver> component, RuntimeContext context) {
    this(component, context, new JsonCodec(context.json()));
  }

  /**
   * Makes a store that keeps its values as the codec writes them.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} when a field that {@link StateOptions}
   *     declares is wrong
   */
  public DefaultStateStore(
      OpenedComponent<StateStoreDriver> component, RuntimeContext context, Codec codec) {
    name = component.spec().name();
    this.component = component;
    requests =
        new Derived<>(
            component,
            serving ->
                requests(serving.resource(), serving.spec(), context, codec, () -> this.outbox));
    calls = new DriverCalls<>(component);
    async = new DefaultAsyncStateStore(requests, calls);
  }

  private static StateRequests requests(
      ComponentResource resource,
      ComponentSpec spec,
      RuntimeContext context,
      Codec codec,
      Supplier<@Nullable TransactionOutbox> outbox) {
    ValueFormat format = new ValueFormat(spec.label(), codec, cipher(resource, spec));
    return new StateRequests(
        spec.label(), KeyPrefix.of(spec, context), format, StateOptions.hasOutbox(spec), outbox);
  }

  /** Publishes what transactions change, from now on. */
  public void connect(TransactionOutbox outbox) {
    this.outbox = outbox;
  }

  /** Returns what stands before every key of this application. */
  public String prefix() {
    return requests.get().prefix();
  }

  /** Returns a body as the store keeps it: encrypted, where values are. */
  public byte[] seal(byte[] body) {
    return requests.get().seal(body);
  }

  /** Reverts {@link #seal}. */
  public byte[] unseal(byte[] body) {
    return requests.get().unseal(body);
  }

  /** Makes the part of this store in a transaction with other components. */
  public JointChanges joint(List<? extends StateChange> changes) {
    return requests.get().joint(component, changes);
  }

  /** Returns the marks that inboxes leave in this store. */
  public InboxMarks marks() {
    return new InboxMarks(component, requests, calls);
  }

  private static @Nullable ValueCipher cipher(ComponentResource resource, ComponentSpec spec) {
    List<String> problems = StateOptions.check(resource, spec);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.join("; ", problems));
    }
    EncryptionKeys keys = EncryptionKeys.of(resource, spec);
    return keys == null ? null : new ValueCipher(keys);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public <T> Optional<StateEntry<T>> get(String key, Class<T> type) {
    return find(key, type);
  }

  @Override
  public <T> Optional<StateEntry<T>> get(String key, TypeRef<T> type) {
    return find(key, StateRequests.typeOf(type));
  }

  /**
   * Reads without a request object when the driver has the answer at hand: the shortest way there
   * is.
   */
  private <T> Optional<StateEntry<T>> find(String key, @Nullable Type type) {
    if (type == null || !calls.areDirect()) {
      return calls.await(requests.get().get(key, type));
    }
    StateRequests current = requests.get();
    StateStoreDriver driver = component.driver();
    String storedKey = current.storedKey(key);
    CompletionStage<@Nullable StoredValue> stage;
    try {
      stage = CallingThread.waiting(() -> driver.get(storedKey));
    } catch (RuntimeException e) { // a driver should not; DriverCalls knows what to make of it
      stage = CompletableFuture.failedFuture(e);
    }
    return DriverCalls.isAtHand(stage)
        ? current.entry(key, stage.toCompletableFuture().join(), type)
        : calls.await(current.get(key, type), driver, stage);
  }

  @Override
  public <T> List<BulkEntry<T>> getBulk(List<String> keys, Class<T> type) {
    return calls.await(requests.get().getBulk(keys, type));
  }

  @Override
  public <T> List<BulkEntry<T>> getBulk(List<String> keys, TypeRef<T> type) {
    return calls.await(requests.get().getBulk(keys, StateRequests.typeOf(type)));
  }

  @Override
  public @Nullable String save(String key, Object value) {
    return calls.await(requests.get().save(StateChange.save(key, value)));
  }

  @Override
  public @Nullable String save(String key, Object value, SaveOptions options) {
    return calls.await(requests.get().save(StateChange.save(key, value, options)));
  }

  @Override
  public List<BulkResult> saveBulk(List<StateChange.Save> changes) {
    return calls.await(requests.get().bulk("save", changes));
  }

  @Override
  public void delete(String key) {
    calls.await(requests.get().delete(StateChange.delete(key)));
  }

  @Override
  public void delete(String key, @Nullable String etag) {
    calls.await(requests.get().delete(StateChange.delete(key, etag)));
  }

  @Override
  public List<BulkResult> deleteBulk(List<StateChange.Delete> changes) {
    return calls.await(requests.get().bulk("delete", changes));
  }

  @Override
  public List<@Nullable String> transaction(List<? extends StateChange> changes) {
    return calls.await(requests.get().transaction(changes));
  }

  @Override
  public KeyPage keys(String prefix, int limit, @Nullable String token) {
    return calls.await(requests.get().keys(prefix, limit, token));
  }

  @Override
  public Stream<String> keys(String prefix) {
    return Stream.iterate(
            keys(prefix, KEYS_PER_PAGE, null),
            page -> page != null,
            page -> page.token() == null ? null : keys(prefix, KEYS_PER_PAGE, page.token()))
        .flatMap(page -> page.keys().stream());
  }

  @Override
  public <T> QueryPage<T> query(StateQuery query, Class<T> type) {
    return calls.await(requests.get().query(query, type));
  }

  @Override
  public <T> QueryPage<T> query(StateQuery query, TypeRef<T> type) {
    return calls.await(requests.get().query(query, StateRequests.typeOf(type)));
  }

  @Override
  public AsyncStateStore async() {
    return async;
  }
}
