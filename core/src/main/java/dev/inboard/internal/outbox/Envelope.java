package dev.inboard.internal.outbox;

import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.telemetry.TraceContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it waits in the store.
 *
 * @param trace what its publication continues
 * @param made when; milliseconds since 1970
 */
record Envelope(OutboundMessage message, TraceContext trace, long made) {
  private static final int VERSION = 1;

  /** Returns it as bytes. */
  byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.body().length + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(made);
      out.writeUTF(message.topic());
      writeText(out, message.contentType());
      writeText(out, trace.traceparent());
      writeText(out, trace.tracestate());
      out.writeShort(message.metadata().size());
      for (Map.Entry<String, String> entry : message.metadata().entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeUTF(entry.getValue());
      }
      out.write(message.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeUTF(text == null ? "" : text);
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when the bytes are none
   */
  static Envelope read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException("another version wrote it");
      }
      long made = in.readLong();
      String topic = in.readUTF();
      String contentType = readText(in);
      TraceContext trace = new TraceContext(readText(in), readText(in));
      int count = in.readUnsignedShort();
      Map<String, String> metadata = new HashMap<>();
      for (int i = 0; i < count; i++) {
        metadata.put(in.readUTF(), in.readUTF());
      }
      return new Envelope(
          new OutboundMessage(topic, in.readAllBytes(), contentType, metadata, null, null),
          trace,
          made);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is damaged", e);
    }
  }

  private static @Nullable String readText(DataInputStream in) throws IOException {
    String text = in.readUTF();
    return text.isEmpty() ? null : text;
  }
}
