package dev.inboard.kafka;

/** Places keys on partitions as a sidecar does, so that both put a key in the same place. */
final class Fnv1a {
  private static final int OFFSET_BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private Fnv1a() {}

  /** Returns the partition of a key: its 32-bit FNV-1a, read as a signed number. */
  static int partition(byte[] key, int partitions) {
    int hash = OFFSET_BASIS;
    for (byte one : key) {
      hash = (hash ^ (one & 0xff)) * PRIME;
    }
    return Math.abs(hash % partitions);
  }
}
