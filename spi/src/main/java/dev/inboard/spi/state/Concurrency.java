package dev.inboard.spi.state;

/** What a write does when another writer was there first. Dapr's two modes. */
public enum Concurrency {
  /**
   * Without an ETag the write creates: it fails when a live entry exists. With one, the ETag must
   * match.
   */
  FIRST_WRITE,
  /** Without an ETag the write overwrites. With one, the ETag must match. */
  LAST_WRITE
}
