package dev.inboard.redis;

import static dev.inboard.redis.WorkflowRelay.bytes;
import static dev.inboard.redis.WorkflowRelay.script;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.HintListener;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import io.lettuce.core.api.StatefulConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Workflow instances in Redis: scripts, pipelined over one connection; one for each call but for
 * turns, of which one writes many.
 */
final class RedisWorkflowBackendDriver implements WorkflowBackendDriver {
  private static final RedisScript BEAT = script("beat");
  private static final RedisScript LEAVE = script("leave");
  private static final RedisScript RELEASE = script("release");
  private static final RedisScript LOAD = script("load");
  private static final RedisScript GET = script("get");
  private static final RedisScript INBOX = script("inbox");
  private static final RedisScript OWNED = script("owned");
  private static final RedisScript COUNT = script("count");

  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private final WorkflowShards shards;
  private final WorkflowRelay relay;
  private final WorkflowTurns turns;
  private final WorkflowClaims claims;
  private final WorkflowListing listing;
  private final WorkflowPurge purge;
  private final WorkflowHints hints;
  private final Set<Feature> features;
  private volatile boolean closed; // written by close()

  private RedisWorkflowBackendDriver(
      String label,
      RedisConnections client,
      StatefulConnection<String, byte[]> connection,
      String prefix,
      int count,
      Set<Feature> features) {
    this.label = label;
    this.client = client;
    this.connection = connection;
    this.shards = new WorkflowShards(connection, prefix, count);
    this.relay = new WorkflowRelay(shards);
    this.turns = new WorkflowTurns(shards);
    this.claims = new WorkflowClaims(shards, relay);
    this.listing = new WorkflowListing(shards);
    this.purge = new WorkflowPurge(shards, listing);
    this.hints = new WorkflowHints(label, client, prefix);
    this.features = features;
  }

  static RedisWorkflowBackendDriver open(
      String label, RedisOptions options, String prefix, int shards, boolean allowDataLoss) {
    RedisConnections client = RedisConnections.of(options);
    try {
      StatefulConnection<String, byte[]> connection = client.connect();
      WorkflowServers servers = new WorkflowServers(label, connection);
      if (!allowDataLoss) {
        servers.checkDurability();
      }
      servers.checkShards(prefix, shards);
      return new RedisWorkflowBackendDriver(
          label,
          client,
          connection,
          prefix,
          shards,
          allowDataLoss ? Set.of() : Set.of(Feature.DURABLE));
    } catch (RuntimeException e) {
      client.close();
      throw RedisErrors.wrap(label, "open", e, null);
    }
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public CompletionStage<Void> ping() {
    return call(
        "ping", () -> RedisConnections.commands(connection).ping().<Void>thenApply(pong -> null));
  }

  @Override
  public CompletionStage<Void> join(Node node) {
    hints.ignore(node.id());
    return call("join", () -> beat(node)).thenApply(held -> null);
  }

  @Override
  public CompletionStage<Boolean> heartbeat(Node node) {
    return call("heartbeat", () -> beat(node));
  }

  private CompletionStage<Boolean> beat(Node node) {
    String lease = Long.toString(node.lease().toMillis());
    return shards
        .onAll(shard -> shards.runOn(shard, BEAT, Stream.of(node.id(), lease)))
        .thenApply(
            replies -> replies.stream().allMatch(reply -> WorkflowReplies.isTrue(reply.get(0))));
  }

  @Override
  public CompletionStage<Void> leave(String node) {
    return call("leave", () -> shards.onAll(shard -> shards.runOn(shard, LEAVE, Stream.of(node))))
        .thenApply(done -> null);
  }

  @Override
  public CompletionStage<CreateOutcome> create(Creation creation) {
    String id = creation.definition().id();
    List<byte[]> first = new ArrayList<>();
    first.add(bytes(creation.first() == null ? "0" : "1"));
    if (creation.first() == null) {
      first.add(bytes("0"));
    } else {
      WorkflowTurns.add(first, creation.first());
    }
    return call(
        "create '" + id + "'",
        () ->
            relay
                .create(creation.definition(), creation.reuse(), creation.node(), first)
                .thenCompose(
                    reply -> {
                      InstanceRecord record =
                          WorkflowReplies.created(reply, creation.definition(), creation.first())
                              .orElseThrow();
                      boolean created = (Long) reply.get(0) != 0;
                      return relayed(id, reply.get(2), creation.node())
                          .thenApply(started -> new CreateOutcome(created, record, started));
                    }));
  }

  private CompletionStage<List<InstanceRecord>> relayed(
      String source, Object sends, @Nullable String node) {
    return WorkflowReplies.list(sends).isEmpty()
        ? CompletableFuture.completedStage(List.of())
        : relay.relay(source, WorkflowReplies.outgoing(sends), node);
  }

  @Override
  public CompletionStage<Claims> claim(String node, int max) {
    return call("claim", () -> claims.claim(node, max));
  }

  @Override
  public CompletionStage<Optional<StoredInstance>> load(String id) {
    return call("load '" + id + "'", () -> shards.run(LOAD, id).thenApply(WorkflowReplies::stored));
  }

  @Override
  public CompletionStage<TurnOutcome> commit(Turn turn) {
    Ownership right = turn.ownership();
    return call(
        "commit '" + right.id() + "'",
        () -> turns.write(turn).thenCompose(answer -> outcome(right, answer)));
  }

  private CompletionStage<TurnOutcome> outcome(Ownership right, Object answer) {
    if (answer instanceof Long written) {
      return CompletableFuture.completedStage(
          written == 1 ? TurnOutcome.COMMITTED : TurnOutcome.FENCED);
    }
    return relayed(right.id(), answer, right.node())
        .thenApply(
            started -> started.isEmpty() ? TurnOutcome.COMMITTED : new TurnOutcome(true, started));
  }

  @Override
  public CompletionStage<Boolean> release(Ownership right) {
    return call(
        "release '" + right.id() + "'",
        () ->
            shards
                .run(
                    RELEASE,
                    right.id(),
                    Long.toString(right.key()),
                    right.node(),
                    Long.toString(right.epoch()))
                .thenApply(reply -> WorkflowReplies.isTrue(reply.get(0))));
  }

  @Override
  public CompletionStage<List<InstanceRecord>> owned(String node) {
    return call(
        "owned",
        () ->
            shards
                .onAll(shard -> shards.runOn(shard, OWNED, Stream.of(node)))
                .thenApply(
                    replies ->
                        replies.stream()
                            .flatMap(reply -> WorkflowReplies.records(reply).stream())
                            .toList()));
  }

  @Override
  public CompletionStage<Delivery> deliver(Message message) {
    return call("deliver to '" + message.target() + "'", () -> relay.deliver(message, ""));
  }

  @Override
  public CompletionStage<List<InboxMessage>> inbox(String id) {
    return call(
        "inbox '" + id + "'", () -> shards.run(INBOX, id).thenApply(WorkflowReplies::inbox));
  }

  @Override
  public CompletionStage<Optional<InstanceRecord>> get(String id) {
    return call("get '" + id + "'", () -> shards.run(GET, id).thenApply(WorkflowReplies::record));
  }

  @Override
  public CompletionStage<InstancePage> list(
      InstanceFilter filter, @Nullable String token, int size) {
    return call("list", () -> listing.page(filter, token, size));
  }

  @Override
  public CompletionStage<Long> count(InstanceFilter filter) {
    if (!filter.equals(InstanceFilter.ALL)) {
      return call(
          "count",
          () ->
              listing
                  .matching(filter, null, Integer.MAX_VALUE)
                  .thenApply(found -> (long) found.size()));
    }
    return call(
        "count",
        () ->
            shards
                .onAll(shard -> shards.runOn(shard, COUNT, Stream.of()))
                .thenApply(
                    replies -> replies.stream().mapToLong(reply -> (Long) reply.get(0)).sum()));
  }

  @Override
  public CompletionStage<PurgeOutcome> purge(String id, boolean force) {
    return call("purge '" + id + "'", () -> purge.one(id, force));
  }

  @Override
  public CompletionStage<Integer> purge(InstanceFilter filter, int max) {
    return call("purge", () -> purge.matching(filter, max));
  }

  @Override
  public void watch(HintListener listener) {
    if (!closed) {
      hints.watch(listener);
    }
  }

  private <T> CompletionStage<T> call(String operation, Supplier<CompletionStage<T>> command) {
    return closed
        ? CompletableFuture.failedStage(error(operation, null))
        : command
            .get()
            .exceptionallyCompose(
                failure -> CompletableFuture.failedStage(error(operation, failure)));
  }

  private InboardException error(String operation, @Nullable Throwable failure) {
    return failure == null || closed
        ? new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed")
        : RedisErrors.wrap(label, operation, failure, client.reconnectFailure());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      turns.drain();
      RedisConnections.drain(connection);
      client.close();
    }
  }
}
