package dev.inboard.redis;

import dev.inboard.redis.WorkflowReplies.Outgoing;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.InstanceRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes due instances over: looks at the heads of all shards, then takes the longest due, shard by
 * shard. What others took in between is made up for by looking again.
 */
final class WorkflowClaims {
  private static final Logger LOG = LoggerFactory.getLogger(WorkflowClaims.class);
  private static final RedisScript PEEK = WorkflowRelay.script("peek");
  private static final RedisScript TAKE = WorkflowRelay.script("take");
  private static final int MOST_LOOKS = 4;

  /** After so long another node relays what one has left. */
  private static final String STALE_MILLIS = "10000";

  private final WorkflowShards shards;
  private final WorkflowRelay relay;

  private record Due(int shard, String id, long at) {}

  private record Heads(List<Due> due, @Nullable Instant next, List<String> mail) {}

  WorkflowClaims(WorkflowShards shards, WorkflowRelay relay) {
    this.shards = shards;
    this.relay = relay;
  }

  CompletionStage<Claims> claim(String node, int max) {
    return claim(node, max, new ArrayList<>(), 1);
  }

  private CompletionStage<Claims> claim(
      String node, int max, List<InstanceRecord> taken, int look) {
    return shards
        .onAll(shard -> peek(shard, node, max - taken.size()))
        .thenCompose(
            all -> {
              List<Due> due =
                  all.stream()
                      .flatMap(heads -> heads.due().stream())
                      .sorted(Comparator.comparingLong(Due::at).thenComparing(Due::id))
                      .toList();
              int wanted = Math.min(max - taken.size(), due.size());
              List<Due> chosen = due.subList(0, wanted);
              List<Due> rest = due.subList(wanted, due.size());
              return take(node, chosen)
                  .thenCompose(
                      now -> {
                        taken.addAll(now);
                        return now.size() < wanted && look < MOST_LOOKS
                            ? claim(node, max, taken, look + 1)
                            : CompletableFuture.completedStage(claims(taken, rest, all));
                      });
            });
  }

  private static Claims claims(List<InstanceRecord> taken, List<Due> rest, List<Heads> all) {
    Instant next =
        Stream.concat(
                rest.stream().map(due -> Instant.ofEpochMilli(due.at())),
                all.stream().map(Heads::next).flatMap(Stream::ofNullable))
            .min(Comparator.naturalOrder())
            .orElse(null);
    List<String> mail = all.stream().flatMap(heads -> heads.mail().stream()).toList();
    return new Claims(List.copyOf(taken), mail, next);
  }

  private CompletionStage<Heads> peek(int shard, String node, int max) {
    return shards
        .runOn(shard, PEEK, Stream.of(node, Integer.toString(max), STALE_MILLIS))
        .thenApply(
            reply -> {
              WorkflowReplies.list(reply.get(3)).forEach(this::relayStale);
              List<Due> next = due(shard, reply.get(1));
              return new Heads(
                  due(shard, reply.get(0)),
                  next.isEmpty() ? null : Instant.ofEpochMilli(next.get(0).at()),
                  WorkflowReplies.texts(reply.get(2)));
            });
  }

  private static List<Due> due(int shard, Object reply) {
    List<String> flat = WorkflowReplies.texts(reply);
    List<Due> due = new ArrayList<>();
    for (int n = 0; n < flat.size(); n += 2) {
      due.add(new Due(shard, flat.get(n), (long) Double.parseDouble(flat.get(n + 1))));
    }
    return due;
  }

  private void relayStale(Object one) {
    List<Object> parts = WorkflowReplies.list(one);
    String source = WorkflowReplies.text(parts.get(0));
    List<Outgoing> outgoing = WorkflowReplies.outgoing(parts.get(1));
    var unused =
        relay
            .relay(source, outgoing, null)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) { // it stays, and is tried again
                    LOG.debug("relaying what '{}' has sent failed", source, failure);
                  }
                });
  }

  private CompletionStage<List<InstanceRecord>> take(String node, List<Due> chosen) {
    Map<Integer, List<String>> byShard = new HashMap<>();
    chosen.forEach(
        due -> byShard.computeIfAbsent(due.shard(), shard -> new ArrayList<>()).add(due.id()));
    Map<String, InstanceRecord> taken = new HashMap<>();
    CompletionStage<Void> all = CompletableFuture.completedStage(null);
    for (Map.Entry<Integer, List<String>> shard : byShard.entrySet()) {
      Stream<String> arguments = Stream.concat(Stream.of(node), shard.getValue().stream());
      all =
          all.thenCombine(
              shards.runOn(shard.getKey(), TAKE, arguments),
              (before, reply) -> {
                WorkflowReplies.records(reply).forEach(record -> taken.put(record.id(), record));
                return null;
              });
    }
    return all.thenApply(
        done ->
            chosen.stream().map(due -> taken.get(due.id())).flatMap(Stream::ofNullable).toList());
  }
}
