package dev.inboard.spi.telemetry;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Listens to one component.
 *
 * <p>Called by many threads on their way to a store or a handler: nothing here may block or throw.
 * No parameter shows a key, a value, a message id or a secret.
 */
public interface ComponentTelemetry {
  /**
   * The application calls the component.
   *
   * @param operation one of the few verbs of the component's block, such as {@code get}
   */
  Observation call(String operation);

  /**
   * The application publishes.
   *
   * @return carries the context that is to travel with the message
   */
  Observation publish(String topic);

  /**
   * A handler begins an attempt at messages.
   *
   * @param topic where they come from; for an input binding its name
   * @param origins the contexts that travelled with them, one for each message
   */
  Observation process(String topic, List<TraceContext> origins);

  /** An attempt at a message failed, and another will follow. */
  void retried(String topic);

  /**
   * A message became a dead letter.
   *
   * @param reason one of few
   */
  void deadLettered(String topic, String reason);

  /**
   * Reads a number whenever somebody asks for it.
   *
   * @param topic what it is about
   * @return ends that
   */
  Registration gauge(Gauge gauge, String topic, LongSupplier value);

  /** Numbers that are read, not told. */
  enum Gauge {
    /** Messages that wait in this process for a handler. */
    QUEUE_DEPTH,
    /** Messages that wait at the broker for this consumer group. */
    CONSUMER_LAG,
    /** 0: closed; 1: half open; 2: open. */
    BREAKER_STATE
  }

  /** Something that goes on until it is closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
