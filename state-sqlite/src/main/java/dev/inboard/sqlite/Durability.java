package dev.inboard.sqlite;

/** What an acknowledged write survives. */
enum Durability {
  /** A crash of the process, of the system, and a power failure: each commit is on the disk. */
  FULL,
  /** A crash of the process. After a power failure the last commits may be missing, as a whole. */
  NORMAL
}
