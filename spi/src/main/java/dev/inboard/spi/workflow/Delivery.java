package dev.inboard.spi.workflow;

/** What became of a message. */
public enum Delivery {
  /** It is stored. */
  DELIVERED,
  /** The same message is there already. */
  DUPLICATE,
  /** There is no such instance. */
  NOT_FOUND,
  /** The instance has finished; nothing was stored. */
  FINISHED
}
