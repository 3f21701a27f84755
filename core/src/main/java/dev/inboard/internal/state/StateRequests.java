package dev.inboard.internal.state;

import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.QueryStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import dev.inboard.state.BulkEntry;
import dev.inboard.state.BulkResult;
import dev.inboard.state.KeyPage;
import dev.inboard.state.QueryPage;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of every verb: its arguments checked and encoded, and what to do with the answer.
 * The blocking and the asynchronous store carry the same requests out.
 */
final class StateRequests {
  private static final int LONGEST_PAGE = 10_000;

  private final String component;
  private final KeyPrefix prefix;
  private final ValueFormat format;
  private final StateOperations operations;
  private final boolean hasOutbox;
  private final Supplier<@Nullable TransactionOutbox> outbox;

  StateRequests(
      String component,
      KeyPrefix prefix,
      ValueFormat format,
      boolean hasOutbox,
      Supplier<@Nullable TransactionOutbox> outbox) {
    this.outbox = outbox;
    this.component = component;
    this.prefix = prefix;
    this.format = format;
    this.operations = new StateOperations(component, prefix, format);
    this.hasOutbox = hasOutbox;
  }

  <T> Request<StateStoreDriver, @Nullable StoredValue, Optional<StateEntry<T>>> get(
      String key, @Nullable Type given) {
    Type type = operations.given(given, "get", "type");
    String storedKey = storedKey(key);
    return new Request<>(
        "get", key, true, driver -> driver.get(storedKey), stored -> entry(key, stored, type));
  }

  static @Nullable Type typeOf(@Nullable TypeRef<?> type) {
    return type == null ? null : type.type();
  }

  /** Returns the checked and prefixed key of a read. */
  String storedKey(String key) {
    return operations.storedKey("get", key);
  }

  /** Returns what the application gets for the answer to a read. */
  <T> Optional<StateEntry<T>> entry(String key, @Nullable StoredValue stored, Type type) {
    return stored == null ? Optional.empty() : Optional.of(format.entry(key, stored, type));
  }

  <T> Request<StateStoreDriver, List<BulkStateStoreDriver.Item>, List<BulkEntry<T>>> getBulk(
      List<String> keys, @Nullable Type given) {
    Type type = operations.given(given, "getBulk", "type");
    List<String> asked = new ArrayList<>(operations.given(keys, "getBulk", "list of keys"));
    List<String> storedKeys =
        asked.stream().map(key -> operations.storedKey("getBulk", key)).toList();
    return new Request<>(
        "getBulk of " + asked.size() + " keys",
        null,
        true,
        driver -> BulkCalls.get(driver, storedKeys),
        items -> paired(asked, items, (key, item) -> bulkEntry(key, item, type)));
  }

  private <T> BulkEntry<T> bulkEntry(String key, BulkStateStoreDriver.Item item, Type type) {
    if (item.failure() != null) {
      return new BulkEntry<>(key, null, renamed("get", key, item.failure()));
    }
    try {
      return new BulkEntry<>(key, this.<T>entry(key, item.value(), type).orElse(null), null);
    } catch (InboardException e) {
      return new BulkEntry<>(key, null, e);
    }
  }

  Request<StateStoreDriver, @Nullable String, @Nullable String> save(StateChange.Save save) {
    StateOperation.Set set = operations.set(save);
    return new Request<>(
        "save",
        save.key(),
        driver -> operations.capable(driver, set).set(set),
        Function.identity());
  }

  Request<StateStoreDriver, Void, Void> delete(StateChange.Delete change) {
    StateOperation.Delete delete = operations.delete(change);
    return new Request<>(
        "delete",
        change.key(),
        driver -> operations.capable(driver, delete).delete(delete),
        Function.identity());
  }

  /** Writes or deletes, each change by itself. */
  Request<StateStoreDriver, List<BulkStateStoreDriver.Result>, List<BulkResult>> bulk(
      String verb, List<? extends StateChange> changes) {
    List<StateChange> copy =
        new ArrayList<>(operations.given(changes, verb + "Bulk", "list of changes"));
    List<StateOperation> writes = operations.independent(verb + "Bulk", copy);
    List<String> keys = copy.stream().map(StateChange::key).toList();
    return new Request<>(
        verb + "Bulk of " + keys.size() + " keys",
        null,
        driver -> BulkCalls.write(operations.capable(driver, writes), writes),
        results -> paired(keys, results, (key, result) -> bulkResult(verb, key, result)));
  }

  private BulkResult bulkResult(String verb, String key, BulkStateStoreDriver.Result result) {
    InboardException failure =
        result.failure() == null ? null : renamed(verb, key, result.failure());
    return new BulkResult(key, result.etag(), failure);
  }

  Request<StateStoreDriver, List<@Nullable String>, List<@Nullable String>> transaction(
      List<? extends StateChange> changes) {
    return transaction(changes, List.of());
  }

  /**
   * Makes a transaction.
   *
   * @param more further writes, of which the application learns nothing
   */
  Request<StateStoreDriver, List<@Nullable String>, List<@Nullable String>> transaction(
      List<? extends StateChange> changes, List<StateOperation> more) {
    List<StateChange> all =
        new ArrayList<>(operations.given(changes, "transaction", "list of changes"));
    List<StateChange> writing = all.stream().filter(change -> !isEvent(change)).toList();
    List<StateOperation> writes = operations.all("transaction", writing);
    String verb = "transaction of " + all.size() + " changes";
    TransactionOutbox.Prepared events = events(verb, all);
    writes.addAll(more);
    return new Request<>(
        verb,
        null,
        driver -> {
          if (writes.isEmpty() && events == null) {
            return CompletableFuture.completedFuture(List.of());
          }
          if (!(driver instanceof TransactionalStateStoreDriver transactional)
              || !driver.features().contains(Feature.TRANSACTIONAL)) {
            throw operations.unsupported(verb, "transactions");
          }
          operations.capable(transactional, writes);
          return events == null
              ? transactional.transact(writes)
              : events.transact(transactional, writes);
        },
        etags -> inOrder(all, etags));
  }

  /** Makes the part of this store in a transaction with other components. */
  JointChanges joint(
      OpenedComponent<StateStoreDriver> opened, List<? extends StateChange> changes) {
    List<StateChange> all =
        new ArrayList<>(operations.given(changes, "transaction", "list of changes"));
    List<StateChange> writing = all.stream().filter(change -> !isEvent(change)).toList();
    List<StateOperation> writes = operations.all("transaction", writing);
    operations.capable(opened.driver(), writes);
    return new JointChanges(opened, writes, events("transaction", all));
  }

  private static boolean isEvent(@Nullable StateChange change) {
    return change instanceof StateChange.Event;
  }

  private TransactionOutbox.@Nullable Prepared events(String verb, List<StateChange> changes) {
    TransactionOutbox connected = outbox.get();
    if (connected != null) {
      changes.forEach(change -> operations.given(change, "transaction", "change"));
      return connected.prepare(changes);
    }
    if (hasOutbox) {
      throw new InboardException(
          ErrorCode.UNAVAILABLE,
          component,
          verb,
          "the outbox has no pub/sub component; see the warnings of the start");
    }
    for (StateChange change : changes) {
      if (isEvent(change)) {
        throw new InboardException(
            ErrorCode.INVALID_ARGUMENT,
            component,
            verb,
            "there is an event, but the component has no outbox; give it the fields"
                + " outboxPublishPubsub and outboxPublishTopic");
      }
    }
    return null;
  }

  /** Returns an ETag per change: null for events, too. */
  private static List<@Nullable String> inOrder(
      List<StateChange> changes, List<@Nullable String> etags) {
    List<@Nullable String> ordered = new ArrayList<>(changes.size());
    int next = 0;
    for (StateChange change : changes) {
      ordered.add(isEvent(change) ? null : etags.get(next++));
    }
    return ordered;
  }

  /** Returns what stands before every key. */
  String prefix() {
    return prefix.before("");
  }

  /** Returns a body as the store keeps it: encrypted, where values are. */
  byte[] seal(byte[] body) {
    return format.seal(body);
  }

  /** Reverts {@link #seal}. */
  byte[] unseal(byte[] body) {
    return format.unseal(body);
  }

  Request<StateStoreDriver, KeyListingStateStoreDriver.Page, KeyPage> keys(
      String beginning, int limit, @Nullable String token) {
    String problem =
        beginning == null ? "the prefix is null" : StateKeys.problemWithText(beginning);
    if (limit < 1 || limit > LONGEST_PAGE) {
      problem = "the limit " + limit + " is not between 1 and 10,000";
    }
    if (problem != null) {
      throw operations.refused("keys", beginning, problem);
    }
    String storedPrefix = prefix.before(beginning);
    return new Request<>(
        "keys",
        beginning,
        true,
        driver -> {
          if (!(driver instanceof KeyListingStateStoreDriver listing)
              || !driver.features().contains(Feature.KEY_LISTING)) {
            throw operations.unsupported("keys '" + beginning + "'", "key listing");
          }
          return listing.listKeys(storedPrefix, limit, token);
        },
        page ->
            new KeyPage(
                page.keys().stream().map(prefix::strippedFrom).filter(Objects::nonNull).toList(),
                page.token()));
  }

  <T> Request<StateStoreDriver, QueryStateStoreDriver.Matches, QueryPage<T>> query(
      StateQuery given, @Nullable Type givenType) {
    StateQuery query = operations.given(given, "query", "query");
    Type type = operations.given(givenType, "query", "type");
    if (format.isEncrypted()) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component,
          "query",
          "the values are encrypted, so the store cannot look into them; keep what is asked for in"
              + " a store without primaryEncryptionKey");
    }
    String storedPrefix = prefix.before("");
    return new Request<>(
        "query",
        null,
        true,
        driver -> {
          if (!(driver instanceof QueryStateStoreDriver querying)
              || !driver.features().contains(Feature.QUERY)) {
            throw operations.unsupported("query", "queries");
          }
          return querying.query(storedPrefix, query);
        },
        matches -> page(matches, type));
  }

  /** Leaves out what no key of the application leads to. */
  private <T> QueryPage<T> page(QueryStateStoreDriver.Matches matches, Type type) {
    List<BulkEntry<T>> entries = new ArrayList<>(matches.entries().size());
    for (QueryStateStoreDriver.Match match : matches.entries()) {
      String key = prefix.strippedFrom(match.key());
      if (key != null) {
        entries.add(bulkEntry(key, new BulkStateStoreDriver.Item(match.value(), null), type));
      }
    }
    return new QueryPage<>(entries, matches.token());
  }

  private <A, B> List<B> paired(List<String> keys, List<A> answers, BiFunction<String, A, B> each) {
    if (answers.size() != keys.size()) {
      throw new InboardException(
          ErrorCode.INTERNAL,
          component,
          "bulk call of " + keys.size() + " keys",
          "the driver answered " + answers.size() + " of them; report it to the provider");
    }
    List<B> paired = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      paired.add(each.apply(keys.get(i), answers.get(i)));
    }
    return paired;
  }

  /** Returns the driver's failure in the application's words. */
  private InboardException renamed(String verb, String key, InboardException failure) {
    return new InboardException(
        failure.code(), component, verb + " '" + key + "'", failure.reason(), failure);
  }
}
