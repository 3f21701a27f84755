package dev.inboard.spi.pubsub;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * One standing subscription of a driver. All methods may be called from any thread, and more than
 * once.
 */
public interface DriverSubscription {
  /**
   * Delivers nothing more until {@link #resume}; the subscription keeps its membership and its
   * unsettled messages.
   */
  void pause();

  /** Delivers again after {@link #pause}. */
  void resume();

  /**
   * Delivers nothing more, for good.
   *
   * @return completes when every message delivered so far is settled and the broker knows it;
   *     messages that were never settled are left to the broker when the driver closes
   */
  CompletionStage<Void> stop();

  /**
   * Returns how many messages wait at the broker for this subscription's group, when the driver
   * knows.
   */
  default OptionalLong lag() {
    return OptionalLong.empty();
  }
}
