package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** A record without a value, which compaction takes for a deletion; its body is the text null. */
final class Tombstone {
  static final byte[] TEXT = "null".getBytes(UTF_8);

  private Tombstone() {}

  static boolean is(byte[] body) {
    return Arrays.equals(body, TEXT);
  }
}
