package dev.inboard.kafka;

/** Finds out whether a topic is missing, as opposed to not being reached. */
interface TopicCheck {
  /** Asks the broker; blocks. No answer is no answer: then it says no. */
  boolean isMissing(String topic);
}
