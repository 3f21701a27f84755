package dev.inboard.internal.outbox;

import dev.inboard.spi.pubsub.OutboundMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** A message as bytes, as it waits in the store. */
final class Envelope {
  private static final int VERSION = 1;

  private Envelope() {}

  static byte[] write(OutboundMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.body().length + 128);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(message.topic());
      out.writeUTF(message.contentType() == null ? "" : message.contentType());
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

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException when the bytes are none
   */
  static OutboundMessage read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != VERSION) {
        throw new IllegalArgumentException("a newer version wrote it");
      }
      String topic = in.readUTF();
      String contentType = in.readUTF();
      int count = in.readUnsignedShort();
      Map<String, String> metadata = new HashMap<>();
      for (int i = 0; i < count; i++) {
        metadata.put(in.readUTF(), in.readUTF());
      }
      return new OutboundMessage(
          topic,
          in.readAllBytes(),
          contentType.isEmpty() ? null : contentType,
          metadata,
          null,
          null);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is damaged", e);
    }
  }
}
