package dev.inboard.spi.bindings;

import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.util.concurrent.CompletionStage;

/** A binding that brings events into the application. */
public non-sealed interface InputBindingDriver extends BindingDriver {
  /**
   * Begins to deliver events. Called at most once.
   *
   * @param maxInFlight the most events delivered and not settled at one time, at least 1
   */
  CompletionStage<DriverSubscription> read(int maxInFlight, MessageReceiver receiver);
}
