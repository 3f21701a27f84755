package dev.inboard.redis;

import static dev.inboard.redis.WorkflowRelay.bytes;

import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Turn;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Group commit: while a script writes turns of a shard, further ones gather, and the next script
 * writes them together. A lone turn waits for nobody.
 */
final class WorkflowTurns {
  private static final RedisScript COMMIT = WorkflowRelay.script("commit");

  /** So many turns keep the server from others for a few hundred microseconds. */
  private static final int MOST = 32;

  private static final int MOST_BYTES = 1 << 18;

  private final WorkflowShards shards;
  private final List<Lane> lanes;

  private record Waiting(Turn turn, CompletableFuture<Object> answer) {}

  WorkflowTurns(WorkflowShards shards) {
    this.shards = shards;
    this.lanes = Stream.generate(Lane::new).limit(shards.count()).toList();
  }

  /** Writes a turn; answers 0 when it was not written, 1, or what is to be relayed. */
  CompletionStage<Object> write(Turn turn) {
    int shard = shards.of(turn.ownership().id());
    Waiting waiting = new Waiting(turn, new CompletableFuture<>());
    if (lanes.get(shard).join(waiting)) {
      send(shard);
    }
    return waiting.answer();
  }

  private void send(int shard) {
    List<Waiting> group = lanes.get(shard).next();
    if (!group.isEmpty()) {
      write(shard, group)
          .whenComplete(
              (answers, failure) -> {
                send(shard); // first, so that the server has work while these are told
                for (int n = 0; n < group.size(); n++) {
                  if (failure == null) {
                    group.get(n).answer().complete(answers.get(n));
                  } else {
                    group.get(n).answer().completeExceptionally(failure);
                  }
                }
              });
    }
  }

  private CompletionStage<List<Object>> write(int shard, List<Waiting> group) {
    List<String> ids = new ArrayList<>(group.size());
    List<byte[]> arguments = new ArrayList<>(20 * group.size());
    for (Waiting one : group) {
      Ownership right = one.turn().ownership();
      ids.add(right.id());
      arguments.add(bytes(right.id()));
      arguments.add(bytes(Long.toString(right.key())));
      arguments.add(bytes(right.node()));
      arguments.add(bytes(Long.toString(right.epoch())));
      arguments.add(bytes(Long.toString(one.turn().number())));
      arguments.add(bytes(one.turn().inOrder() ? "1" : "0"));
      add(arguments, one.turn());
    }
    try {
      return shards.run(COMMIT, shard, ids, arguments);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** Adds what a turn changes to the arguments of a script. */
  static void add(List<byte[]> arguments, Turn turn) {
    byte[] input = turn.input();
    arguments.add(WorkflowBytes.of(turn.progress()));
    arguments.add(bytes(turn.progress().status().name()));
    Instant finishedAt = turn.progress().finishedAt();
    arguments.add(bytes(finishedAt == null ? "0" : Long.toString(finishedAt.toEpochMilli())));
    arguments.add(bytes(Integer.toString(turn.progress().generation())));
    arguments.add(bytes(Long.toString(turn.progress().turn())));
    arguments.add(bytes(input == null ? "0" : "1"));
    arguments.add(input == null ? new byte[0] : input);
    arguments.add(turn.history());
    arguments.add(bytes(turn.wakeAt() == null ? "" : Long.toString(turn.wakeAt().toEpochMilli())));
    arguments.add(bytes(turn.release() ? "1" : "0"));
    arguments.add(bytes(Integer.toString(turn.consumed().size())));
    turn.consumed().forEach(number -> arguments.add(bytes(Long.toString(number))));
    arguments.add(bytes(Integer.toString(turn.messages().size() + turn.starts().size())));
    turn.messages().forEach(message -> arguments.add(WorkflowBytes.of(message)));
    turn.starts().forEach(start -> arguments.add(WorkflowBytes.of(start)));
  }

  /** Waits until everything that was to be written is, or has failed. */
  void drain() {
    CompletableFuture<?>[] all =
        lanes.stream().flatMap(Lane::underWay).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(all).exceptionally(failure -> null).join();
  }

  /** The turns of a shard that wait, and those that a script writes. */
  private static final class Lane {
    private final Deque<Waiting> waiting = new ArrayDeque<>(); // guarded by this
    private List<Waiting> sent = List.of(); // guarded by this

    /** Puts a turn in line; true when nobody is at work, so that the caller has to be. */
    synchronized boolean join(Waiting one) {
      waiting.add(one);
      return sent.isEmpty() && waiting.size() == 1;
    }

    /** Returns what is to be written now, after what was sent before. */
    synchronized List<Waiting> next() {
      List<Waiting> group = new ArrayList<>(Math.min(MOST, waiting.size()));
      for (int bytes = 0; bytes < MOST_BYTES && group.size() < MOST && !waiting.isEmpty(); ) {
        Waiting one = waiting.remove();
        bytes += one.turn().history().length;
        group.add(one);
      }
      sent = group;
      return group;
    }

    synchronized Stream<CompletableFuture<Object>> underWay() {
      return Stream.concat(sent.stream(), waiting.stream()).map(Waiting::answer).toList().stream();
    }
  }
}
