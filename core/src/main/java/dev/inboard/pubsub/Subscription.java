package dev.inboard.pubsub;

import java.util.OptionalLong;

/**
 * A subscription that runs. Safe for use by many threads.
 *
 * <p>Closing the runtime closes it too.
 */
public interface Subscription extends AutoCloseable {
  /** Returns the topic, as the application names it. */
  String topic();

  /** Takes no more events from the broker until {@link #resume}. Those under way are handled. */
  void pause();

  /** Goes on after {@link #pause}. */
  void resume();

  /** Says whether it is paused. */
  boolean isPaused();

  /** Returns how many messages wait at the broker, when the component knows. */
  OptionalLong lag();

  /**
   * Ends the subscription: takes nothing more, and returns when the handlers under way have
   * returned. Events that wait to be tried again go back to the broker. Called from one of its own
   * handlers, it does not wait. Calling it again does nothing.
   */
  @Override
  void close();
}
