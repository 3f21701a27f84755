package dev.inboard.spi.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
   * An event is made that is published later, if at all: it waits in an outbox.
   *
   * @return what is to travel with it, and to wait with it
   */
  TraceContext create(String topic);

  /**
   * What waited is published.
   *
   * @param origin what {@link #create} returned, perhaps in another process
   */
  Observation publish(String topic, TraceContext origin);

  /**
   * A bulk publication has ended; each of its events was observed by itself.
   *
   * @param published how many the broker has
   * @param failed how many it has not
   */
  void publishedBulk(String topic, int published, int failed, Duration time);

  /**
   * A handler begins an attempt at a message.
   *
   * @param topic where it comes from; for an input binding its name
   * @param origin the context that travelled with it
   */
  Observation process(String topic, TraceContext origin);

  /**
   * A handler begins an attempt at several messages.
   *
   * @param origins the contexts that travelled with them, one for each message
   */
  Observation processBulk(String topic, List<TraceContext> origins);

  /** Tells how the messages of such an attempt ended. */
  void processedBulk(String topic, int succeeded, int retried, int dropped);

  /**
   * An attempt failed, and another will follow.
   *
   * @param topic of the message; null: it was a call
   */
  void retried(@Nullable String topic);

  /**
   * A message became a dead letter.
   *
   * @param reason one of few
   */
  void deadLettered(String topic, String reason);

  /** Entries of several callers were committed to the store together. */
  void committed(int entries);

  /** Returns who listens to a policy; the same for the same policy. */
  PolicyTelemetry policy(PolicyTelemetry.Policy policy);

  /** Returns who listens to the workflows that are kept in the component. */
  WorkflowTelemetry workflows();

  /**
   * Reads a number whenever somebody asks for it.
   *
   * @param topic what it is about; null: the component as a whole
   * @param value negative when there is nothing to tell
   * @return ends that
   */
  Registration gauge(Gauge gauge, @Nullable String topic, LongSupplier value);

  /** Numbers that are read, not told. */
  enum Gauge {
    /** Messages that wait in this process for a handler. */
    QUEUE_DEPTH,
    /** Messages that wait at the broker for this consumer group. */
    CONSUMER_LAG,
    /** Events that wait in an outbox, as of a moment ago; told by the process that relays it. */
    OUTBOX_WAITING,
    /** For how many seconds the oldest of them has waited. */
    OUTBOX_OLDEST,
    /** 0: closed; 1: half open; 2: open. */
    BREAKER_STATE,
    /** Workflows that this process has in memory. */
    WORKFLOWS_IN_MEMORY,
    /** Activities that run. */
    ACTIVITIES_RUNNING,
    /** Activities that wait for others to end. */
    ACTIVITIES_WAITING,
    /** Activities that wait in queues that no node listens to. */
    ACTIVITIES_UNHEARD
  }

  /** Something that goes on until it is closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
