package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is made again whenever it is lost, for as long as it takes.
 *
 * <p>Each connection is a new object and channels belong to one of them, so nothing of a lost
 * connection, such as an acknowledgement, can reach a later one. All methods are safe for
 * concurrent use.
 */
final class BrokerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final int CLOSE_MILLIS = 10_000;

  private final String label;
  private final ConnectionFactory factory;
  private final ConnectionOptions options;
  private final ScheduledExecutorService tasks;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Connection current;
  private volatile @Nullable Throwable failure; // why there is no connection
  private volatile boolean closed;

  /** Hears of connections. Called on threads that may block, one call at a time. */
  interface Listener {
    /** A connection stands. */
    void connected(Connection connection);
  }

  BrokerConnection(
      String label,
      ConnectionFactory factory,
      ConnectionOptions options,
      ScheduledExecutorService tasks) {
    this.label = label;
    this.factory = factory;
    this.options = options;
    this.tasks = tasks;
  }

  /** Adds a listener; it hears of connections made from now on. */
  void addListener(Listener listener) {
    listeners.add(listener);
  }

  void removeListener(Listener listener) {
    listeners.remove(listener);
  }

  /**
   * Connects if that has not been done, and says so to the listeners. Blocks. Returns at once when
   * the connection stands or is being made again.
   */
  synchronized void open() throws IOException, TimeoutException {
    if (!closed && current == null && failure == null) {
      connect();
    }
  }

  private void connect() throws IOException, TimeoutException {
    Connection made = factory.newConnection(options.address().nodes(), options.clientName());
    current = made;
    failure = null;
    made.addShutdownListener(signal -> lost(made, signal));
    if (closed) {
      end(made);
      return;
    }
    listeners.forEach(listener -> listener.connected(made));
  }

  private void lost(Connection connection, ShutdownSignalException signal) {
    if (closed || current != connection) {
      return;
    }
    failure = signal;
    current = null;
    LOG.warn(
        "{}: {}; connecting again to {}",
        label,
        RabbitMqErrors.reason(signal),
        options.address().hosts());
    connectLater(FIRST_WAIT);
  }

  private void connectLater(Duration wait) {
    try {
      Future<?> unused =
          tasks.schedule(() -> connectAgain(wait), wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException componentIsClosed) {
      return;
    }
  }

  private synchronized void connectAgain(Duration waited) {
    if (closed || current != null) {
      return;
    }
    try {
      connect();
      LOG.info("{}: connected again", label);
    } catch (IOException | TimeoutException | RuntimeException e) {
      failure = e;
      LOG.debug("{}: cannot connect", label, e);
      Duration doubled = waited.multipliedBy(2);
      Duration longest = options.reconnectWait();
      connectLater(doubled.compareTo(longest) < 0 ? doubled : longest);
    }
  }

  /** Returns the connection, or null while there is none. */
  @Nullable Connection current() {
    return current;
  }

  /** Returns why there is no connection, or null. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Closes in good order: what was sent before is received. Blocks. */
  void close() {
    closed = true;
    Connection last = current;
    if (last != null) {
      end(last);
    }
  }

  private static void end(Connection connection) {
    connection.abort(AMQP.REPLY_SUCCESS, "closed by the application", CLOSE_MILLIS);
  }
}
