package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.Start;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the backend keeps of instances, as bytes: a version, then the fields in turn; texts and byte
 * arrays with their length before them, -1 for null; times in milliseconds.
 */
final class WorkflowBytes {
  private static final int VERSION = 1;

  /** What a turn sends to another instance; exactly one of the two. */
  record Sending(@Nullable Message message, @Nullable Start start) {}

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private WorkflowBytes() {}

  private static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, int offset, Reading<T> reading) {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(bytes, offset, bytes.length - offset))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("version " + version + " was written by a later release");
      }
      return reading.from(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Encodes a definition without its input. */
  static byte[] of(InstanceDefinition definition) {
    return write(out -> put(out, definition));
  }

  static InstanceDefinition definition(byte[] bytes) {
    return read(bytes, 0, in -> definition(in, null));
  }

  static byte[] of(Progress progress) {
    return write(
        out -> {
          put(out, progress.status().name());
          out.writeInt(progress.generation());
          out.writeLong(progress.turn());
          put(out, progress.customStatus());
          put(out, progress.waitingFor());
          put(out, progress.output());
          put(out, progress.failure());
          put(out, progress.startedAt());
          put(out, progress.updatedAt());
          put(out, progress.finishedAt());
          out.writeInt(progress.events());
          out.writeLong(progress.historyBytes());
        });
  }

  static Progress progress(byte[] bytes) {
    return read(
        bytes,
        0,
        in ->
            new Progress(
                InstanceStatus.valueOf(text(in)),
                in.readInt(),
                in.readLong(),
                bytes(in),
                text(in),
                bytes(in),
                bytes(in),
                time(in),
                Instant.ofEpochMilli(in.readLong()),
                time(in),
                in.readInt(),
                in.readLong()));
  }

  static byte[] of(Message message) {
    return write(
        out -> {
          out.writeBoolean(true);
          put(out, message);
        });
  }

  static byte[] of(Start start) {
    return write(
        out -> {
          out.writeBoolean(false);
          put(out, start.definition());
          put(out, start.definition().input());
          put(out, start.reuse().name());
          out.writeBoolean(start.ifTaken() != null);
          if (start.ifTaken() != null) {
            put(out, start.ifTaken());
          }
        });
  }

  /** Decodes what begins at an offset. */
  static Sending sending(byte[] bytes, int offset) {
    return read(
        bytes,
        offset,
        in -> in.readBoolean() ? new Sending(message(in), null) : new Sending(null, start(in)));
  }

  private static Start start(DataInputStream in) throws IOException {
    InstanceDefinition bare = definition(in, null);
    InstanceDefinition definition = bare.withInput(bytes(in));
    Reuse reuse = Reuse.valueOf(text(in));
    return new Start(definition, reuse, in.readBoolean() ? message(in) : null);
  }

  private static void put(DataOutputStream out, Message message) throws IOException {
    put(out, message.target());
    put(out, message.messageId());
    put(out, message.payload());
  }

  private static Message message(DataInputStream in) throws IOException {
    return new Message(text(in), text(in), in.readNBytes(in.readInt()));
  }

  private static void put(DataOutputStream out, InstanceDefinition definition) throws IOException {
    put(out, definition.id());
    put(out, definition.name());
    put(out, definition.version());
    put(out, definition.executionId());
    Parent parent = definition.parent();
    out.writeBoolean(parent != null);
    if (parent != null) {
      put(out, parent.id());
      put(out, parent.executionId());
      out.writeInt(parent.generation());
      out.writeInt(parent.task());
    }
    out.writeInt(definition.tags().size());
    for (Map.Entry<String, String> tag : definition.tags().entrySet()) {
      put(out, tag.getKey());
      put(out, tag.getValue());
    }
    out.writeLong(definition.createdAt().toEpochMilli());
    out.writeLong(definition.startAt().toEpochMilli());
  }

  private static InstanceDefinition definition(DataInputStream in, byte @Nullable [] input)
      throws IOException {
    String id = text(in);
    String name = text(in);
    String version = text(in);
    String executionId = text(in);
    Parent parent =
        in.readBoolean() ? new Parent(text(in), text(in), in.readInt(), in.readInt()) : null;
    Map<String, String> tags = new HashMap<>();
    for (int n = in.readInt(); n > 0; n--) {
      tags.put(text(in), text(in));
    }
    return new InstanceDefinition(
        id,
        name,
        version,
        executionId,
        input,
        parent,
        tags,
        Instant.ofEpochMilli(in.readLong()),
        Instant.ofEpochMilli(in.readLong()));
  }

  private static void put(DataOutputStream out, String text) throws IOException {
    put(out, text.getBytes(UTF_8));
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), UTF_8);
  }

  private static void put(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte @Nullable [] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : in.readNBytes(length);
  }

  private static void put(DataOutputStream out, @Nullable Instant time) throws IOException {
    out.writeLong(time == null ? Long.MIN_VALUE : time.toEpochMilli());
  }

  private static @Nullable Instant time(DataInputStream in) throws IOException {
    long millis = in.readLong();
    return millis == Long.MIN_VALUE ? null : Instant.ofEpochMilli(millis);
  }
}
