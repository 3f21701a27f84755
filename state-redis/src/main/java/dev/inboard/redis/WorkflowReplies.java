package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.StoredInstance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the scripts of the workflow backend answer. */
final class WorkflowReplies {
  private WorkflowReplies() {}

  /** Something that an instance has sent and that is not relayed yet. */
  record Outgoing(long number, WorkflowBytes.Sending sending) {}

  @SuppressWarnings("unchecked") // that is what the script answers there
  static List<Object> list(Object reply) {
    return (List<Object>) reply;
  }

  static String text(Object reply) {
    return new String((byte[]) reply, UTF_8);
  }

  static List<String> texts(Object reply) {
    return list(reply).stream().map(WorkflowReplies::text).toList();
  }

  static boolean isTrue(Object reply) {
    return (Long) reply == 1;
  }

  static List<InstanceRecord> records(Object reply) {
    return list(reply).stream().map(WorkflowReplies::record).flatMap(Optional::stream).toList();
  }

  /** Reads the hash of an instance; empty when there is none. */
  static Optional<InstanceRecord> record(Object reply) {
    Map<String, byte[]> fields = fields(reply);
    if (!fields.containsKey("execution")) {
      return Optional.empty();
    }
    InstanceDefinition definition = WorkflowBytes.definition(field(fields, "definition"));
    String owner = text(field(fields, "owner"));
    return Optional.of(
        new InstanceRecord(
            text(field(fields, "given")).equals("1")
                ? definition.withInput(field(fields, "input"))
                : definition,
            WorkflowBytes.progress(field(fields, "progress")),
            owner.isEmpty()
                ? null
                : new Ownership(
                    definition.id(), number(fields, "key"), owner, number(fields, "epoch")),
            wake(text(field(fields, "wake"))),
            (int) number(fields, "recoveries")));
  }

  private static @Nullable Instant wake(String text) {
    return text.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(text));
  }

  private static byte[] field(Map<String, byte[]> fields, String name) {
    return Objects.requireNonNull(fields.get(name), name);
  }

  private static long number(Map<String, byte[]> fields, String name) {
    return Long.parseLong(text(field(fields, name)));
  }

  private static Map<String, byte[]> fields(Object reply) {
    Map<String, byte[]> fields = new HashMap<>();
    List<Object> flat = list(reply);
    for (int n = 0; n < flat.size(); n += 2) {
      fields.put(text(flat.get(n)), (byte[]) flat.get(n + 1));
    }
    return fields;
  }

  static Optional<StoredInstance> stored(List<Object> reply) {
    return record(reply.get(0))
        .map(
            record ->
                new StoredInstance(
                    record,
                    list(reply.get(1)).stream().map(line -> (byte[]) line).toList(),
                    inbox(reply.get(2))));
  }

  /** Reads unread messages, each {@code length:id payload} under {@code n} and its number. */
  static List<InboxMessage> inbox(Object reply) {
    List<InboxMessage> messages = new ArrayList<>();
    fields(reply)
        .forEach(
            (field, value) -> {
              if (field.startsWith("n")) {
                messages.add(message(Long.parseLong(field.substring(1)), value));
              }
            });
    messages.sort(Comparator.comparingLong(InboxMessage::number));
    return messages;
  }

  private static InboxMessage message(long number, byte[] value) {
    int colon = colon(value);
    int length = Integer.parseInt(new String(value, 0, colon, UTF_8));
    int begin = colon + 1 + length;
    byte[] payload = new byte[value.length - begin];
    System.arraycopy(value, begin, payload, 0, payload.length);
    return new InboxMessage(number, new String(value, colon + 1, length, UTF_8), payload);
  }

  /** Reads what is to be relayed, each {@code number:bytes}. */
  static List<Outgoing> outgoing(Object reply) {
    return list(reply).stream()
        .map(
            one -> {
              byte[] bytes = (byte[]) one;
              int colon = colon(bytes);
              return new Outgoing(
                  Long.parseLong(new String(bytes, 0, colon, UTF_8)),
                  WorkflowBytes.sending(bytes, colon + 1));
            })
        .toList();
  }

  private static int colon(byte[] bytes) {
    int colon = 0;
    while (bytes[colon] != ':') {
      colon++;
    }
    return colon;
  }
}
