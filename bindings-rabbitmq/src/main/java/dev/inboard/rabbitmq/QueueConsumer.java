package dev.inboard.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one consumer on a queue, over one channel after the other as connections and channels come
 * and go.
 */
final class QueueConsumer implements BrokerConnection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final String label;
  private final BrokerConnection broker;
  private final QueueTopology topology;
  private final HeldMessages messages;
  private final Window window;
  private final QueueLag lag;
  private final ConsumerChannel.Listener listener;
  private final Later later;
  private final Object attaching = new Object();

  /**
   * Prepares; consumes nothing yet.
   *
   * @param messages learns which channel counts
   * @param listener hears what arrives, and calls {@link #replace} when a channel has ended
   */
  QueueConsumer(
      String label,
      BrokerConnection broker,
      QueueTopology topology,
      HeldMessages messages,
      Window window,
      QueueLag lag,
      ConsumerChannel.Listener listener,
      Later later) {
    this.label = label;
    this.broker = broker;
    this.topology = topology;
    this.messages = messages;
    this.window = window;
    this.lag = lag;
    this.listener = listener;
    this.later = later;
  }

  /** Begins. Blocks until messages can arrive, or fails. */
  void start(Connection connection) throws IOException {
    attach(connection);
    broker.addListener(this);
    Connection present = broker.current();
    if (present != null && present != connection) {
      connected(present);
    }
  }

  /** Looks for no channel any more; the last one stays as it is. */
  void end() {
    broker.removeListener(this);
  }

  private void attach(Connection connection) throws IOException {
    synchronized (attaching) {
      ConsumerChannel made = new ConsumerChannel(connection, topology.queue(), listener);
      try {
        lag.found(made.establish(topology));
        if (messages.begin(made)) {
          made.consume(window.reset());
        } else {
          made.close();
        }
      } catch (IOException | RuntimeException e) {
        messages.lose(made);
        made.close();
        throw e;
      }
    }
  }

  @Override
  public void connected(Connection connection) {
    attachOrRetry(connection, FIRST_RETRY);
  }

  private void attachOrRetry(Connection connection, Duration pause) {
    if (!messages.needsChannel()) {
      return;
    }
    try {
      attach(connection);
    } catch (IOException | RuntimeException e) {
      if (connection.isOpen()) {
        LOG.warn(
            "{}: cannot consume queue '{}', trying again in {} s: {}",
            label,
            topology.queue(),
            pause.toMillis() / 1000.0,
            RabbitMqErrors.wrap(label, "subscribe", e).reason());
        attachLater(pause);
      }
    }
  }

  private void attachLater(Duration pause) {
    later.run(
        pause,
        () -> {
          Connection connection = broker.current();
          if (connection != null) { // otherwise the next one brings it
            Duration doubled = pause.multipliedBy(2);
            attachOrRetry(
                connection, doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY);
          }
        });
  }

  /**
   * Consumes over another channel in place of one that was lost.
   *
   * @param why as {@link ConsumerChannel.Listener#ended} was told
   */
  void replace(ConsumerChannel lost, @Nullable ShutdownSignalException why) {
    if (why != null && why.isHardError()) {
      return; // the connection is gone; the next one brings a channel
    }
    LOG.warn(
        "{}: the broker has closed the consumer of queue '{}' ({}); consuming again",
        label,
        topology.queue(),
        why == null ? "the queue was deleted or its node is gone" : RabbitMqErrors.reason(why));
    later.run(
        Duration.ZERO,
        () -> {
          lost.close();
          attachLater(FIRST_RETRY);
        });
  }
}
