package dev.inboard.redis;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XPendingArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.models.stream.PendingMessage;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.ValueListOutput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One member of a consumer group and the commands it gives.
 *
 * <p>Each subscription is a member under a name of its own, so that its messages can be told from
 * those of a member that died. (All replicas of a sidecar share one name.)
 */
final class StreamMember {
  private static final RedisScript RENEW = new RedisScript("renew.lua");
  private static final RedisScript LEAVE = new RedisScript("leave.lua");
  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> reading;
  private final RedisClusterAsyncCommands<String, byte[]> commands;
  private final String stream;
  private final Consumer<String> member;
  private final Duration abandonedAfter;
  private final Duration wait;

  /** Joins the group, which is created when it is new and then begins with the oldest message. */
  StreamMember(
      RedisConnections client,
      StatefulConnection<String, byte[]> shared,
      String stream,
      StreamOptions options) {
    this.client = client;
    this.stream = stream;
    this.commands = RedisConnections.commands(shared);
    this.member = Consumer.from(options.group(), options.group() + "-" + UUID.randomUUID());
    this.abandonedAfter = options.processingTimeout();
    Duration half = client.readTimeout().dividedBy(2);
    this.wait = half.compareTo(LONGEST_WAIT) < 0 ? half : LONGEST_WAIT;
    createGroup().toCompletableFuture().join();
    this.reading = client.connect();
  }

  /** Creates the group, and the stream; does nothing when they exist. */
  CompletionStage<?> createGroup() {
    return commands
        .xgroupCreate(
            StreamOffset.from(stream, "0"), member.getGroup(), XGroupCreateArgs.Builder.mkstream())
        .exceptionallyCompose(
            failure ->
                RedisErrors.unwrap(failure) instanceof RedisBusyException // it exists already
                    ? CompletableFuture.completedStage(null)
                    : CompletableFuture.failedStage(failure));
  }

  /** Fetches messages that no member has had, waiting a moment when there is none. */
  @SuppressWarnings("unchecked") // the client's variable arguments; one is given
  CompletionStage<List<StreamMessage<String, byte[]>>> read(int count) {
    return RedisConnections.commands(reading)
        .xreadgroup(
            member, XReadArgs.Builder.block(wait).count(count), StreamOffset.lastConsumed(stream));
  }

  /**
   * Asks how many messages are not acknowledged, whether some member has had them or none; null
   * when the server cannot tell, as after messages were deleted from the middle, and before Redis
   * 7.0.
   */
  CompletionStage<@Nullable Long> lag() {
    return commands
        .xinfoGroups(stream)
        .thenApply(
            groups ->
                groups.stream()
                    .map(group -> fields((List<?>) group))
                    .filter(group -> member.getGroup().equals(group.get("name")))
                    .findFirst()
                    .map(StreamMember::unacknowledged)
                    .orElse(null));
  }

  private static @Nullable Long unacknowledged(Map<String, Object> group) {
    return group.get("lag") instanceof Long unread && group.get("pending") instanceof Long pending
        ? Long.valueOf(unread + pending)
        : null;
  }

  private static Map<String, Object> fields(List<?> flat) {
    Map<String, Object> fields = new HashMap<>();
    for (int n = 0; n + 1 < flat.size(); n += 2) {
      fields.put(String.valueOf(text(flat.get(n))), text(flat.get(n + 1)));
    }
    return fields;
  }

  private static Object text(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : value == null ? "" : value;
  }

  CompletionStage<Long> acknowledge(Collection<String> ids) {
    return commands.xack(stream, member.getGroup(), ids.toArray(String[]::new));
  }

  /**
   * Says that the member still works on messages.
   *
   * @param deliveries how often each message has been delivered, by its id
   * @return the ids that are not the member's any more
   */
  CompletionStage<List<String>> renew(Map<String, Integer> deliveries) {
    return renew(deliveries, Duration.ZERO);
  }

  /** Gives messages back: any member may take them over at once. */
  CompletionStage<?> release(Map<String, Integer> deliveries) {
    return renew(deliveries, abandonedAfter);
  }

  private CompletionStage<List<String>> renew(Map<String, Integer> deliveries, Duration idle) {
    if (deliveries.isEmpty()) {
      return CompletableFuture.completedStage(List.of());
    }
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(bytes(member.getGroup()));
    arguments.add(bytes(member.getName()));
    arguments.add(bytes(Long.toString(idle.toMillis())));
    deliveries.forEach(
        (id, count) -> {
          arguments.add(bytes(id));
          arguments.add(bytes(count.toString()));
        });
    return RENEW
        .run(
            commands,
            () -> new ValueListOutput<>(RedisConnections.CODEC),
            List.of(stream),
            arguments)
        .thenApply(ids -> ids.stream().map(id -> new String(id, StandardCharsets.UTF_8)).toList());
  }

  /** Takes over messages whose members have been silent for too long. */
  CompletionStage<List<Claimed>> takeOver(int count) {
    XPendingArgs<String> abandoned =
        new XPendingArgs<String>()
            .group(member.getGroup())
            .range(Range.unbounded())
            .limit(Limit.from(count))
            .idle(abandonedAfter);
    return commands
        .xpending(stream, abandoned)
        .thenCompose(
            pending ->
                pending.isEmpty()
                    ? CompletableFuture.completedStage(List.of())
                    : claim(
                        pending.stream()
                            .collect(
                                Collectors.toMap(
                                    PendingMessage::getId, PendingMessage::getRedeliveryCount))));
  }

  private CompletionStage<List<Claimed>> claim(Map<String, Long> deliveries) {
    return commands
        .xclaim(
            stream,
            member,
            XClaimArgs.Builder.minIdleTime(abandonedAfter),
            deliveries.keySet().toArray(String[]::new))
        .thenApply(
            messages ->
                messages.stream()
                    .filter(message -> message.getBody() != null && !message.getBody().isEmpty())
                    .map(
                        message ->
                            new Claimed(
                                message,
                                Math.toIntExact(deliveries.getOrDefault(message.getId(), 0L) + 1)))
                    .toList());
  }

  /** A message taken over from another member, and its how manieth delivery comes now. */
  record Claimed(StreamMessage<String, byte[]> message, int delivery) {}

  /** Leaves the group, unless messages are left. */
  CompletionStage<?> leave() {
    return remove(member.getName(), Duration.ZERO);
  }

  /** Removes what is left of members that died. */
  CompletionStage<?> sweep() {
    return remove(member.getGroup() + "-", abandonedAfter.plus(FORGOTTEN_AFTER));
  }

  private CompletionStage<?> remove(String prefix, Duration idle) {
    return LEAVE.run(
        commands,
        () -> new IntegerOutput<>(RedisConnections.CODEC),
        List.of(stream),
        List.of(bytes(member.getGroup()), bytes(prefix), bytes(Long.toString(idle.toMillis()))));
  }

  CompletionStage<Void> disconnect() {
    return client.disconnect(reading);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
