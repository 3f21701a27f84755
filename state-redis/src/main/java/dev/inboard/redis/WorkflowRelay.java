package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.redis.WorkflowReplies.Outgoing;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what turns send to other instances. The turn has stored it with itself; it is sent in
 * order, under a name that the receiver remembers, and then forgotten. Whoever dies in between
 * leaves it to another node.
 */
final class WorkflowRelay {
  private static final RedisScript CREATE = script("create");
  private static final RedisScript DELIVER = script("deliver");
  private static final RedisScript RELAYED = script("relayed");

  private final WorkflowShards shards;

  WorkflowRelay(WorkflowShards shards) {
    this.shards = shards;
  }

  static RedisScript script(String name) {
    return new RedisScript("workflow/lib.lua", "workflow/" + name + ".lua");
  }

  /**
   * Sends what an instance has stored.
   *
   * @param node owns what is started and due, or null
   * @return the started instances that the node owns
   */
  CompletionStage<List<InstanceRecord>> relay(
      String source, List<Outgoing> outgoing, @Nullable String node) {
    List<CompletableFuture<Optional<InstanceRecord>>> all = new ArrayList<>();
    for (Outgoing one : outgoing) {
      all.add(send(shards.relayName(source, one.number()), one, node).toCompletableFuture());
    }
    long last = outgoing.isEmpty() ? 0 : outgoing.get(outgoing.size() - 1).number();
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> shards.run(RELAYED, source, Long.toString(last)))
        .thenApply(
            done -> all.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList());
  }

  private CompletionStage<Optional<InstanceRecord>> send(
      String name, Outgoing one, @Nullable String node) {
    Message message = one.sending().message();
    if (message != null) {
      return deliver(message, name).thenApply(delivery -> Optional.empty());
    }
    Start start = one.sending().start();
    return start == null
        ? CompletableFuture.completedStage(Optional.empty())
        : start(name, start, node);
  }

  private CompletionStage<Optional<InstanceRecord>> start(
      String name, Start start, @Nullable String node) {
    return create(start.definition(), start.reuse(), node, List.of(bytes("0"), bytes("1")))
        .thenCompose(
            reply -> {
              Message refusal = start.ifTaken();
              if ((Long) reply.get(0) == 0 && refusal != null) {
                return deliver(refusal, name).thenApply(delivery -> Optional.empty());
              }
              return CompletableFuture.completedStage(
                  (Long) reply.get(0) == 1
                      ? WorkflowReplies.created(reply, start.definition(), null)
                          .filter(started -> owns(node, started))
                      : Optional.empty());
            });
  }

  private static boolean owns(@Nullable String node, InstanceRecord record) {
    return record.ownership() != null && record.ownership().node().equals(node);
  }

  CompletionStage<List<Object>> create(
      InstanceDefinition definition, Reuse reuse, @Nullable String node, List<byte[]> firstTurn) {
    byte[] input = definition.input();
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(bytes(definition.executionId()));
    arguments.add(bytes(reuse.name()));
    arguments.add(bytes(node == null ? "" : node));
    arguments.add(WorkflowBytes.of(definition));
    arguments.add(bytes(input == null ? "0" : "1"));
    arguments.add(input == null ? new byte[0] : input);
    arguments.add(bytes(Long.toString(definition.createdAt().toEpochMilli())));
    arguments.add(bytes(Long.toString(definition.startAt().toEpochMilli())));
    arguments.add(WorkflowBytes.of(Progress.created(definition.createdAt())));
    arguments.addAll(firstTurn);
    return shards.run(CREATE, definition.id(), arguments);
  }

  /**
   * Delivers a message.
   *
   * @param name under which it counts once however often it is relayed; empty for one that comes
   *     from outside
   */
  CompletionStage<Delivery> deliver(Message message, String name) {
    return shards
        .run(
            DELIVER,
            message.target(),
            List.of(bytes(message.messageId()), message.payload(), bytes(name)))
        .thenApply(reply -> Delivery.valueOf(WorkflowReplies.text(reply.get(0))));
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
