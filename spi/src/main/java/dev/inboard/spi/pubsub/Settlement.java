package dev.inboard.spi.pubsub;

/** What a driver does with a message when the runtime is done with it. */
public enum Settlement {
  /** It was handled, dead-lettered or dropped on purpose: the broker may forget it. */
  ACKNOWLEDGE,
  /**
   * It was not: the broker keeps it and delivers it again, here or at another member of the group,
   * after a pause that keeps a failing message from spinning (about a second at first, longer when
   * it comes back again and again). Other messages go on meanwhile, except where the promised order
   * forbids it.
   */
  REDELIVER
}
