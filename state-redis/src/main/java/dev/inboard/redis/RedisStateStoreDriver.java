package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * State in Redis hashes.
 *
 * <p>Every write, alone or in a transaction, is one script that checks first and writes then, so
 * that neither another client nor a crash sees half of it. Commands of all threads share one
 * pipelined connection; writes that wait for replicas have a second one, because waiting holds a
 * connection up.
 */
final class RedisStateStoreDriver
    implements OutboxStateStoreDriver, BulkStateStoreDriver, KeyListingStateStoreDriver {
  private static final RedisScript WRITE = new RedisScript("write.lua");
  private static final Set<Feature> FEATURES =
      Set.of(
          Feature.ETAG, Feature.TRANSACTIONAL, Feature.TTL, Feature.KEY_LISTING, Feature.DURABLE);
  private static final RedisScript DOCUMENT = new RedisScript("document.lua");
  private static final byte[] NONE = {};
  private static final byte[] SET = ascii("set");
  private static final byte[] DELETE = ascii("del");
  private static final byte[] YES = ascii("1");
  private static final String MISMATCH = "ETAG_MISMATCH ";

  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private final RedisClusterAsyncCommands<String, byte[]> commands;
  private final ReplicatedWrites replicated;
  private final RedisKeyScan scan;
  private final RedisOutbox outbox;
  private final Set<Feature> features;
  private final @Nullable Duration defaultTtl;
  private final @Nullable Durability durability;
  private volatile boolean closed; // written by close()

  private RedisStateStoreDriver(
      String label,
      RedisConnections client,
      StatefulConnection<String, byte[]> connection,
      Set<Feature> features,
      @Nullable Duration defaultTtl) {
    this.features = features;
    this.label = label;
    this.client = client;
    this.connection = connection;
    this.commands = RedisConnections.commands(connection);
    this.replicated = new ReplicatedWrites(label, client);
    this.scan = new RedisKeyScan(label, connection);
    this.outbox = new RedisOutbox(commands);
    this.defaultTtl = defaultTtl;
    this.durability = RedisDurability.of(connection);
  }

  static RedisStateStoreDriver open(
      String label, RedisOptions options, @Nullable Duration defaultTtl) {
    RedisConnections client = RedisConnections.of(options);
    try {
      Set<Feature> features = new HashSet<>(FEATURES);
      if (!options.cluster()) { // there, entries and stream would have to lie in one slot
        features.add(Feature.OUTBOX);
      }
      return new RedisStateStoreDriver(
          label, client, client.connect(), Set.copyOf(features), defaultTtl);
    } catch (RuntimeException e) {
      client.close();
      throw RedisErrors.wrap(label, "open", e, null);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public @Nullable Durability durability() {
    return durability;
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed
        ? refused("ping")
        : commands
            .ping()
            .<Void>thenApply(answer -> null)
            .exceptionallyCompose(failure -> failed("ping", failure));
  }

  // reading

  @Override
  public CompletionStage<@Nullable StoredValue> get(String key) {
    if (closed) {
      return refused("get '" + key + "'");
    }
    AsyncCommand<String, byte[], List<byte[]>> read = read(key);
    connection.dispatch(read);
    return entry(key, read);
  }

  @Override
  public CompletionStage<List<Item>> getBulk(List<String> keys) {
    if (closed) {
      return refused("get " + keys.size() + " keys");
    }
    List<AsyncCommand<String, byte[], List<byte[]>>> reads = keys.stream().map(this::read).toList();
    connection.dispatch(reads);
    List<CompletableFuture<Item>> items = new ArrayList<>(keys.size());
    for (int i = 0; i < reads.size(); i++) {
      int index = i;
      items.add(
          entry(keys.get(i), reads.get(i))
              .handle((value, failure) -> item(keys.get(index), value, failure))
              .toCompletableFuture());
    }
    return allOf(items);
  }

  private Item item(String key, @Nullable StoredValue value, @Nullable Throwable failure) {
    return new Item(value, failure == null ? null : error("get '" + key + "'", failure));
  }

  private AsyncCommand<String, byte[], List<byte[]>> read(String key) {
    CommandArgs<String, byte[]> arguments =
        new CommandArgs<>(RedisConnections.CODEC)
            .addKey(key)
            .add("data")
            .add("version")
            .add("inboard-expires");
    return new AsyncCommand<>(
        new Command<>(CommandType.HMGET, new ValueListOutput<>(RedisConnections.CODEC), arguments));
  }

  private CompletionStage<@Nullable StoredValue> entry(
      String key, CompletionStage<List<byte[]>> hash) {
    return hash.handle(
            (fields, failure) ->
                failure == null
                    ? CompletableFuture.completedStage(RedisEntry.ofHash(fields))
                    : elsewhere(key, failure))
        .thenCompose(stage -> stage);
  }

  /** Reads what is no hash: the plain text of an early Dapr, or a JSON document. */
  private CompletionStage<@Nullable StoredValue> elsewhere(String key, Throwable failure) {
    CompletionStage<@Nullable StoredValue> value =
        RedisErrors.isWrongType(failure)
            ? commands
                .get(key)
                .<@Nullable StoredValue>thenApply(RedisEntry::ofText)
                .exceptionallyCompose(notText -> document(key, notText))
            : CompletableFuture.failedStage(failure);
    return value.exceptionallyCompose(last -> failed("get '" + key + "'", last));
  }

  private CompletionStage<@Nullable StoredValue> document(String key, Throwable failure) {
    return RedisErrors.isWrongType(failure)
        ? DOCUMENT
            .run(commands, RedisStateStoreDriver::list, List.of(key), List.of())
            .<@Nullable StoredValue>thenApply(RedisEntry::ofDocument)
            .exceptionallyCompose(
                noDocument ->
                    CompletableFuture.failedStage(
                        RedisErrors.unwrap(noDocument) instanceof RedisCommandExecutionException
                            ? failure
                            : noDocument))
        : CompletableFuture.failedStage(failure);
  }

  // writing

  @Override
  public CompletionStage<@Nullable String> set(StateOperation.Set set) {
    return write(List.of(set), "set '" + set.key() + "'").thenApply(etags -> etags.get(0));
  }

  @Override
  public CompletionStage<Void> delete(StateOperation.Delete delete) {
    return write(List.of(delete), "delete '" + delete.key() + "'").thenApply(etags -> null);
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations) {
    return transact(operations, "", List.of());
  }

  @Override
  public CompletionStage<List<@Nullable String>> transact(
      List<? extends StateOperation> operations, String name, List<OutboxEvent> events) {
    return write(operations, name, events, "transaction of " + operations.size() + " operations");
  }

  @Override
  public CompletionStage<List<StoredEvent>> pending(
      String name, @Nullable String after, int limit) {
    String operation = "read the outbox '" + name + "'";
    return closed
        ? refused(operation)
        : outbox
            .next(name, after, limit)
            .exceptionallyCompose(failure -> failed(operation, failure));
  }

  @Override
  public CompletionStage<Long> waiting(String name) {
    String operation = "count the outbox '" + name + "'";
    return closed
        ? refused(operation)
        : outbox.count(name).exceptionallyCompose(failure -> failed(operation, failure));
  }

  @Override
  public CompletionStage<Void> forget(String name, List<String> positions) {
    String operation = "remove from the outbox '" + name + "'";
    return closed
        ? refused(operation)
        : outbox
            .remove(name, positions)
            .exceptionallyCompose(failure -> failed(operation, failure));
  }

  @Override
  public CompletionStage<List<Result>> writeBulk(List<? extends StateOperation> operations) {
    if (closed) {
      return refused("write " + operations.size() + " entries");
    }
    List<CompletableFuture<Result>> results = new ArrayList<>(operations.size());
    for (StateOperation operation : operations) {
      results.add(
          write(List.of(operation), name(operation))
              .handle(
                  (etags, failure) ->
                      failure == null
                          ? new Result(etags.get(0), null)
                          : new Result(null, error(name(operation), failure)))
              .toCompletableFuture());
    }
    return allOf(results);
  }

  private static String name(StateOperation operation) {
    return (operation instanceof StateOperation.Set ? "set '" : "delete '") + operation.key() + "'";
  }

  private CompletionStage<List<@Nullable String>> write(
      List<? extends StateOperation> operations, String name) {
    return write(operations, "", List.of(), name);
  }

  private CompletionStage<List<@Nullable String>> write(
      List<? extends StateOperation> operations,
      String outboxName,
      List<OutboxEvent> events,
      String name) {
    if (closed) {
      return refused(name);
    }
    List<String> keys = new ArrayList<>(operations.size() + 1);
    List<byte[]> arguments = new ArrayList<>(5 * operations.size());
    boolean strong = false;
    for (StateOperation operation : operations) {
      keys.add(operation.key());
      arguments(operation, arguments);
      strong |=
          operation instanceof StateOperation.Set set && set.consistency() == Consistency.STRONG;
    }
    if (!events.isEmpty()) {
      keys.add(RedisOutbox.stream(outboxName));
      RedisOutbox.arguments(events, arguments);
    }
    CompletionStage<List<byte[]>> versions =
        strong
            ? replicated.write(to -> WRITE.run(to, RedisStateStoreDriver::list, keys, arguments))
            : WRITE.run(commands, RedisStateStoreDriver::list, keys, arguments);
    return versions
        .handle(
            (answer, failure) ->
                failure == null
                    ? CompletableFuture.<List<@Nullable String>>completedStage(etags(answer))
                    : this.<List<@Nullable String>>failedWrite(operations, name, failure))
        .thenCompose(stage -> stage);
  }

  private static ValueListOutput<String, byte[]> list() {
    return new ValueListOutput<>(RedisConnections.CODEC);
  }

  private void arguments(StateOperation operation, List<byte[]> arguments) {
    boolean first = operation.concurrency() == Concurrency.FIRST_WRITE;
    String etag = operation.etag();
    Duration ttl =
        operation instanceof StateOperation.Set set && set.ttl() != null ? set.ttl() : defaultTtl;
    arguments.add(operation instanceof StateOperation.Set ? SET : DELETE);
    arguments.add(operation instanceof StateOperation.Set set ? set.value() : NONE);
    arguments.add(etag == null ? NONE : etag.getBytes(StandardCharsets.UTF_8));
    arguments.add(first ? YES : NONE);
    arguments.add(ttl == null ? NONE : ascii(Long.toString(ttl.toMillis())));
  }

  private static List<@Nullable String> etags(List<byte[]> versions) {
    List<@Nullable String> etags = new ArrayList<>(versions.size());
    for (byte[] version : versions) {
      etags.add(version.length == 0 ? null : new String(version, StandardCharsets.US_ASCII));
    }
    return etags;
  }

  private <T> CompletionStage<T> failedWrite(
      List<? extends StateOperation> operations, String name, Throwable failure) {
    String answer =
        RedisErrors.unwrap(failure) instanceof RedisCommandExecutionException e
            ? String.valueOf(e.getMessage())
            : "";
    if (answer.startsWith(MISMATCH)) {
      int position = Integer.parseInt(answer.substring(MISMATCH.length()).split(" ")[0]);
      StateOperation culprit = operations.get(position - 1);
      return CompletableFuture.failedStage(
          new InboardException(
              ErrorCode.ETAG_MISMATCH,
              label,
              operations.size() == 1 ? name : name + ", " + name(culprit),
              culprit.etag() == null
                  ? "the key exists already; read it, decide again"
                  : "the entry is not the one with the given ETag; read it again, decide again"));
    }
    if (answer.startsWith("CROSSSLOT")) {
      return CompletableFuture.failedStage(
          new InboardException(
              ErrorCode.INVALID_ARGUMENT,
              label,
              name,
              "on a cluster the keys of a transaction must lie in one slot;"
                  + " give them a common part in braces, such as {17}"));
    }
    return failed(name, failure);
  }

  // the rest

  @Override
  public CompletionStage<Page> listKeys(String prefix, int limit, @Nullable String token) {
    String operation = "list keys '" + prefix + "'";
    return closed
        ? refused(operation)
        : scan.page(prefix, limit, token)
            .exceptionallyCompose(failure -> failed(operation, failure));
  }

  private <T> CompletionStage<T> failed(String operation, Throwable failure) {
    return CompletableFuture.failedStage(error(operation, failure));
  }

  private InboardException error(String operation, Throwable failure) {
    return closed && !(RedisErrors.unwrap(failure) instanceof InboardException)
        ? closedError(operation)
        : RedisErrors.wrap(label, operation, failure, client.reconnectFailure());
  }

  private <T> CompletionStage<T> refused(String operation) {
    return CompletableFuture.failedStage(closedError(operation));
  }

  private InboardException closedError(String operation) {
    return new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed");
  }

  private static <T> CompletionStage<List<T>> allOf(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      RedisConnections.drain(connection);
      replicated.drain();
      client.close();
    }
  }
}
