package dev.inboard.spi;

/** What acknowledged data survives, from the least to the most. */
public enum Durability {
  /** Nothing: it ends with this process. */
  MEMORY("kept in memory"),
  /** The end of this process; after a power failure the last of it may be missing. */
  OS_BUFFER("handed to the operating system"),
  /** A power failure: it is on the disk. */
  FSYNC("synced to disk"),
  /** The loss of a machine: most of several machines have it. */
  QUORUM("on most of several machines");

  private final String label;

  Durability(String label) {
    this.label = label;
  }

  /** Returns it in words that continue "acknowledged data is …". */
  public String label() {
    return label;
  }
}
