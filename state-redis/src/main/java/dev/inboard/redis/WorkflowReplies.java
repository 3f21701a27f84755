package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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

  /**
   * Reads the record of an instance that was to be created; of one that was, the script tells only
   * what it has added.
   */
  static Optional<InstanceRecord> created(
      List<Object> reply, InstanceDefinition definition, @Nullable Turn first) {
    if (!isTrue(reply.get(0))) {
      return record(reply.get(1));
    }
    List<Object> added = list(reply.get(1));
    String owner = text(added.get(1));
    Ownership ownership =
        owner.isEmpty()
            ? null
            : new Ownership(definition.id(), (Long) added.get(0), owner, (Long) added.get(2));
    if (first == null) {
      Progress progress = Progress.created(definition.createdAt());
      return Optional.of(
          new InstanceRecord(definition, progress, ownership, definition.startAt(), 0));
    }
    InstanceDefinition current =
        first.progress().generation() > 1 ? definition.withInput(first.input()) : definition;
    Instant wake = first.progress().status().isFinished() ? null : first.wakeAt();
    return Optional.of(new InstanceRecord(current, first.progress(), ownership, wake, 0));
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
    Named message = named(value);
    return new InboxMessage(number, message.name(), message.rest());
  }

  /** A text, and what follows it. */
  record Named(String name, byte[] rest) {}

  /** Reads {@code length:text rest}, without a space. */
  static Named named(byte[] value) {
    int colon = colon(value);
    int begin = colon + 1 + Integer.parseInt(new String(value, 0, colon, UTF_8));
    return new Named(
        new String(value, colon + 1, begin - colon - 1, UTF_8),
        Arrays.copyOfRange(value, begin, value.length));
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
