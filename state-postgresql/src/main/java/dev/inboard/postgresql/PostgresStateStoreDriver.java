package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.QueryStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A state store in a PostgreSQL database. */
final class PostgresStateStoreDriver
    implements JointStateStoreDriver,
        BulkStateStoreDriver,
        KeyListingStateStoreDriver,
        QueryStateStoreDriver {
  static final Set<Feature> FEATURES =
      Set.of(
          Feature.ETAG,
          Feature.TRANSACTIONAL,
          Feature.TTL,
          Feature.KEY_LISTING,
          Feature.QUERY,
          Feature.OUTBOX,
          Feature.DURABLE);

  private static final Item NOTHING = new Item(null, null);

  private final PostgresComponent component;
  private final Durability durability;
  private final StateTable table;
  private final OutboxTable outbox;
  private final JsonFunction json;
  private final StateWriter writer;
  private final @Nullable PeriodicJob cleanup;

  PostgresStateStoreDriver(
      PostgresComponent component,
      Durability durability,
      StateTable table,
      OutboxTable outbox,
      JsonFunction json,
      @Nullable PeriodicJob cleanup) {
    this.component = component;
    this.durability = durability;
    this.table = table;
    this.outbox = outbox;
    this.json = json;
    this.writer = new StateWriter(component.database(), table);
    this.cleanup = cleanup;
  }

  @Override
  public Set<Feature> features() {
    return FEATURES;
  }

  @Override
  public Durability durability() {
    return durability;
  }

  @Override
  public void observe(ComponentTelemetry telemetry) {
    writer.observe(telemetry);
  }

  @Override
  public CompletionStage<Void> ping() {
    return component.ping();
  }

  @Override
  public CompletionStage<@Nullable StoredValue> get(String key) {
    Call call = call(() -> "get '" + key + "'");
    return component.run(call, session -> table.get(session, key));
  }

  @Override
  public CompletionStage<List<Item>> getBulk(List<String> keys) {
    Call call = call(() -> "get of " + keys.size() + " keys");
    return component.run(
        call,
        session -> {
          Map<String, Item> found = table.getAll(session, keys);
          return keys.stream().map(key -> found.getOrDefault(key, NOTHING)).toList();
        });
  }

  @Override
  public CompletionStage<Page> listKeys(String prefix, int limit, @Nullable String token) {
    Call call = call(() -> "list of keys with '" + prefix + "'");
    long after;
    try {
      after = position(token, Long.MIN_VALUE, call);
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
    return component.run(call, session -> table.list(session, prefix, limit, after));
  }

  @Override
  public CompletionStage<Matches> query(String prefix, StateQuery query) {
    Call call = call(() -> "query of keys with '" + prefix + "'");
    long offset;
    try {
      offset = position(query.token(), 0, call);
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
    QueryStatement statement =
        new QueryStatement(table.sql(), json.name(), prefix, query, Math.max(0, offset));
    return component.run(
        call,
        session -> {
          json.prepare();
          return statement.run(session, query.limit(), Math.max(0, offset));
        });
  }

  /** Reads the token of a page. */
  private static long position(@Nullable String token, long first, Call call) {
    try {
      return token == null ? first : Long.parseLong(token);
    } catch (NumberFormatException e) {
      String reason = "the token belongs to another listing";
      throw call.failed(ErrorCode.INVALID_ARGUMENT, reason, null);
    }
  }

  @Override
  public CompletionStage<@Nullable String> set(StateOperation.Set set) {
    return writeOne(set);
  }

  @Override
  public CompletionStage<Void> delete(StateOperation.Delete delete) {
    return writeOne(delete).thenApply(etag -> null);
  }

  private CompletableFuture<@Nullable String> writeOne(StateOperation operation) {
    Call call = call(() -> name(operation));
    return component.guarded(call, () -> writer.submit(new StateWrite(operation, call)));
  }

  @Override
  public CompletionStage<List<Result>> writeBulk(List<? extends StateOperation> operations) {
    Call whole = call(() -> "write of " + operations.size() + " keys");
    List<StateWrite> writes = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      writes.add(new StateWrite(operation, call(() -> name(operation))));
    }
    return component.guarded(whole, () -> writer.submitAll(whole, writes));
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations) {
    return transact(operations, "", List.of());
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations, String name, List<OutboxEvent> events) {
    Call whole = call(() -> "transaction of " + operations.size() + " operations");
    StateTransaction transaction = transaction(operations, name, events);
    return component.run(
        whole,
        session -> {
          transaction.prepare();
          return PostgresDatabase.transaction(transaction).run(session);
        });
  }

  private StateTransaction transaction(
      List<? extends StateOperation> operations, String name, List<OutboxEvent> events) {
    List<StateWrite> writes = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      writes.add(new StateWrite(operation, call(() -> "transaction: " + name(operation))));
    }
    return new StateTransaction(table, writes, outbox, name, events);
  }

  @Override
  public Object place() {
    return component.database().place();
  }

  @Override
  public JointTransaction begin() {
    return component.begin();
  }

  @Override
  public void write(
      JointTransaction transaction,
      List<? extends StateOperation> operations,
      String name,
      List<OutboxEvent> events) {
    Call whole = call(() -> "transaction of " + operations.size() + " operations");
    StateTransaction writes = transaction(operations, name, events);
    Object unused =
        PostgresJointTransaction.of(transaction)
            .run(
                whole,
                session -> {
                  writes.prepare();
                  return writes.run(session);
                });
  }

  @Override
  public CompletionStage<List<StoredEvent>> pending(
      String name, @Nullable String after, int limit) {
    Call call = call(() -> "read of the outbox '" + name + "'");
    return component.run(
        call,
        session -> {
          outbox.prepare();
          return outbox.next(session, name, after, limit, call);
        });
  }

  @Override
  public CompletionStage<Long> waiting(String name) {
    Call call = call(() -> "count of the outbox '" + name + "'");
    return component.run(
        call,
        session -> {
          outbox.prepare();
          return outbox.count(session, name);
        });
  }

  @Override
  public CompletionStage<Void> forget(String name, List<String> positions) {
    Call call = call(() -> "removal from the outbox '" + name + "'");
    return component.run(
        call,
        session -> {
          outbox.prepare();
          outbox.remove(session, name, positions, call);
          return null;
        });
  }

  private Call call(Supplier<String> operation) {
    return component.call(operation);
  }

  private static String name(StateOperation operation) {
    String verb = operation instanceof StateOperation.Set ? "set" : "delete";
    return verb + " '" + operation.key() + "'";
  }

  @Override
  public void close() {
    component.close(
        () -> {
          if (cleanup != null) {
            cleanup.close();
          }
        },
        writer::close);
  }
}
