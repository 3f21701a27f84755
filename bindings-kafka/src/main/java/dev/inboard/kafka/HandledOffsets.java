package dev.inboard.kafka;

import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;

/**
 * Offsets beyond a committed one whose messages are handled already. They travel as the metadata of
 * the commit, so that whoever takes the partition over does not handle them again.
 *
 * @param base the committed offset, to which the bits are relative
 */
record HandledOffsets(long base, BitSet bits) {
  static final HandledOffsets NONE = new HandledOffsets(0, new BitSet());

  private static final String PREFIX = "inboard1:";

  /** The broker takes 4,096 characters of metadata by default; six bits fit into each. */
  private static final int MOST_BITS = 20_000;

  static HandledOffsets of(long base, Collection<Message> window) {
    BitSet bits = new BitSet();
    for (Message message : window) {
      long bit = message.record.offset() - base;
      if (bit >= MOST_BITS) {
        break;
      }
      if (message.state == Message.State.DONE) {
        bits.set((int) bit);
      }
    }
    return new HandledOffsets(base, bits);
  }

  /** Reads the metadata of a commit; other people's metadata says nothing. */
  static HandledOffsets parse(long base, String metadata) {
    if (!metadata.startsWith(PREFIX)) {
      return NONE;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(metadata.substring(PREFIX.length()));
      return new HandledOffsets(base, BitSet.valueOf(bytes));
    } catch (IllegalArgumentException e) {
      return NONE;
    }
  }

  /** Returns the metadata of a commit; empty when there is nothing to say. */
  String metadata() {
    return bits.isEmpty() ? "" : PREFIX + Base64.getEncoder().encodeToString(bits.toByteArray());
  }

  boolean contains(long offset) {
    long bit = offset - base;
    return bit >= 0 && bit < MOST_BITS && bits.get((int) bit);
  }
}
