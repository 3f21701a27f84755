package dev.inboard.pubsub;

/** What a handler says about the event it was given. */
public enum Outcome {
  /** It is handled; the broker may forget it. */
  SUCCESS,
  /**
   * It could not be handled now. It is tried again as the subscription's retry policy says, then
   * goes to the dead letter topic, or back to the broker when there is none. A handler that throws,
   * hangs until its timeout, or returns null has said the same.
   */
  RETRY,
  /**
   * It will never be handled. It goes to the dead letter topic, or is forgotten when there is none.
   */
  DROP
}
