package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import dev.inboard.sql.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A state store in an SQLite database. */
final class SqliteStateStoreDriver
    implements OutboxStateStoreDriver, BulkStateStoreDriver, KeyListingStateStoreDriver {
  private static final Item NOTHING = new Item(null, null);

  private final String label;
  private final DatabaseLease lease;
  private final SqliteDatabase database;
  private final StateTable table;
  private final OutboxTable outbox;
  private final @Nullable PeriodicJob cleanup;
  private final Set<Feature> features;
  private final dev.inboard.spi.Durability durability;
  private volatile boolean closed;

  SqliteStateStoreDriver(
      String label,
      DatabaseLease lease,
      StateTable table,
      OutboxTable outbox,
      @Nullable PeriodicJob cleanup,
      Set<Feature> features,
      dev.inboard.spi.Durability durability) {
    this.durability = durability;
    this.label = label;
    this.lease = lease;
    this.database = lease.database();
    this.table = table;
    this.outbox = outbox;
    this.cleanup = cleanup;
    this.features = features;
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public dev.inboard.spi.Durability durability() {
    return durability;
  }

  @Override
  public void observe(ComponentTelemetry telemetry) {
    lease.observe(telemetry);
  }

  @Override
  public CompletionStage<Void> ping() {
    return read(
        call(() -> "ping"),
        session -> {
          session.prepare("SELECT 1 FROM sqlite_master").executeQuery().close();
          return null;
        });
  }

  @Override
  public CompletionStage<@Nullable StoredValue> get(String key) {
    Call call = call(() -> "get '" + key + "'");
    return read(call, session -> table.get(session, key, call));
  }

  @Override
  public CompletionStage<List<Item>> getBulk(List<String> keys) {
    Call call = call(() -> "get of " + keys.size() + " keys");
    return read(
        call,
        session -> {
          Map<String, Item> found = table.getAll(session, keys, call);
          return keys.stream().map(key -> found.getOrDefault(key, NOTHING)).toList();
        });
  }

  @Override
  public CompletionStage<Page> listKeys(String prefix, int limit, @Nullable String token) {
    Call call = call(() -> "list of keys with '" + prefix + "'");
    if (token != null && !token.startsWith(prefix)) {
      String reason = "the token belongs to another listing";
      return CompletableFuture.failedFuture(call.failed(ErrorCode.INVALID_ARGUMENT, reason, null));
    }
    return read(call, session -> table.list(session, prefix, limit, token, call));
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
    return closed ? refuse(call) : database.writeStatement(call, work(operation, call));
  }

  @Override
  public CompletionStage<List<Result>> writeBulk(List<? extends StateOperation> operations) {
    if (closed) {
      return refuse(call(() -> "write of " + operations.size() + " keys"));
    }
    List<CompletableFuture<Result>> results = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      results.add(writeOne(operation).handle((etag, failure) -> result(etag, failure)));
    }
    return CompletableFuture.allOf(results.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> results.stream().map(CompletableFuture::join).toList());
  }

  private static Result result(@Nullable String etag, @Nullable Throwable failure) {
    return new Result(etag, (InboardException) failure);
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
    List<Work<String>> works = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      works.add(work(operation, call(() -> "transaction: " + name(operation))));
    }
    return closed
        ? refuse(whole)
        : database.write(
            whole,
            session -> {
              List<@Nullable String> etags = new ArrayList<>(works.size());
              for (Work<String> work : works) {
                etags.add(work.run(session));
              }
              if (!events.isEmpty()) {
                outbox.add(session, name, events);
              }
              return etags;
            });
  }

  @Override
  public CompletionStage<List<StoredEvent>> pending(
      String name, @Nullable String after, int limit) {
    Call call = call(() -> "read of the outbox '" + name + "'");
    return read(call, session -> outbox.next(session, name, after, limit, call));
  }

  @Override
  public CompletionStage<Long> waiting(String name) {
    Call call = call(() -> "count of the outbox '" + name + "'");
    return read(call, session -> outbox.count(session, name));
  }

  @Override
  public CompletionStage<Void> forget(String name, List<String> positions) {
    Call call = call(() -> "removal from the outbox '" + name + "'");
    return closed
        ? refuse(call)
        : database.write(
            call,
            session -> {
              outbox.remove(session, name, positions, call);
              return null;
            });
  }

  /**
   * Prepares an operation for the writer: what can be done on the caller's thread is done there.
   */
  private Work<String> work(StateOperation operation, Call call) {
    if (operation instanceof StateOperation.Set set) {
      StoredText value = StoredText.of(set.value(), set.contentType());
      String etag = UUID.randomUUID().toString();
      return session -> {
        table.set(session, set, value, etag, call);
        return etag;
      };
    }
    StateOperation.Delete delete = (StateOperation.Delete) operation;
    return session -> {
      table.delete(session, delete, call);
      return null;
    };
  }

  private <T> CompletableFuture<T> read(Call call, Work<T> work) {
    return closed ? refuse(call) : database.read(call, work);
  }

  private static <T> CompletableFuture<T> refuse(Call call) {
    return CompletableFuture.failedFuture(
        call.failed(ErrorCode.CANCELLED, "the component is closed", null));
  }

  private Call call(Supplier<String> operation) {
    return (code, reason, cause) ->
        new InboardException(code, label, operation.get(), reason, cause);
  }

  private static String name(StateOperation operation) {
    String verb = operation instanceof StateOperation.Set ? "set" : "delete";
    return verb + " '" + operation.key() + "'";
  }

  @Override
  public void close() {
    closed = true;
    if (cleanup != null) {
      cleanup.close();
    }
    lease.close();
  }
}
