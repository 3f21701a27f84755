package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both kinds of components have: two connections, a publisher, subscriptions, an end. */
final class Broker {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
  private static final int THREADS = 2;
  private static final Duration END = Duration.ofSeconds(10);

  private final String label;
  private final ScheduledThreadPoolExecutor tasks;
  private final BrokerConnection publishing;
  private final BrokerConnection consuming;
  private final Publisher publisher;
  private final Queue<QueueSubscription> subscriptions = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  private Broker(
      ComponentSpec spec, ConnectionOptions options, boolean confirms, Duration confirmTimeout) {
    this.label = spec.label();
    ConnectionFactory factory = options.factory(spec);
    this.tasks =
        new ScheduledThreadPoolExecutor(THREADS, ConnectionOptions.threads(spec.name() + "-task"));
    tasks.setRemoveOnCancelPolicy(true);
    this.publishing = new BrokerConnection(label, factory, options, tasks);
    this.consuming = new BrokerConnection(label, factory, options, tasks);
    this.publisher = new Publisher(label, publishing, confirms, confirmTimeout, tasks);
  }

  /** Connects. Blocks. */
  static Broker open(
      ComponentSpec spec, ConnectionOptions options, boolean confirms, Duration confirmTimeout) {
    Broker broker = null;
    try {
      broker = new Broker(spec, options, confirms, confirmTimeout);
      broker.publishing.open();
      return broker;
    } catch (IOException | TimeoutException | RuntimeException e) {
      if (broker != null) {
        broker.close();
      }
      InboardException failure = RabbitMqErrors.wrap(spec.label(), "open", e);
      throw new InboardException(
          failure.code(),
          spec.label(),
          "connect to " + options.address().hosts(),
          failure.reason(),
          e);
    }
  }

  Publisher publisher() {
    return publisher;
  }

  /**
   * Makes sure that a queue exists, now and whenever the connection is made again. Blocks.
   *
   * @throws InboardException when the broker refuses it
   */
  void establish(QueueTopology topology) {
    String operation = "declare queue '" + topology.queue() + "'";
    try {
      consuming.open();
      Connection connection = consuming.current();
      if (connection == null) {
        throw noConnection(operation);
      }
      establish(topology, connection);
    } catch (IOException | TimeoutException e) {
      throw RabbitMqErrors.wrap(label, operation, e);
    }
    consuming.addListener(
        connection -> {
          try {
            establish(topology, connection);
          } catch (IOException | RuntimeException e) {
            LOG.warn("{}: cannot declare queue '{}'", label, topology.queue(), e);
          }
        });
  }

  private static void establish(QueueTopology topology, Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("the broker permits no further channel (channel_max)");
    }
    try {
      topology.establish(channel);
    } finally {
      channel.abort();
    }
  }

  private InboardException noConnection(String operation) {
    Throwable why = consuming.failure();
    return closed || why == null
        ? cancelled(operation)
        : RabbitMqErrors.wrap(label, operation, why);
  }

  /** Begins to consume; the topology is computed, and declared, on another thread. */
  CompletionStage<DriverSubscription> subscribe(
      String operation,
      MessageReceiver receiver,
      Supplier<QueueTopology> topology,
      Function<QueueTopology, ConsumeOptions> options) {
    CompletableFuture<DriverSubscription> answer = new CompletableFuture<>();
    try {
      tasks.execute(
          () -> {
            try {
              QueueTopology queue = topology.get();
              answer.complete(begin(operation, queue, options.apply(queue), receiver));
            } catch (IOException | TimeoutException | RuntimeException e) {
              answer.completeExceptionally(
                  closed ? cancelled(operation) : RabbitMqErrors.wrap(label, operation, e));
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(cancelled(operation));
    }
    return answer;
  }

  private QueueSubscription begin(
      String operation, QueueTopology topology, ConsumeOptions options, MessageReceiver receiver)
      throws IOException, TimeoutException {
    consuming.open();
    Connection connection = consuming.current();
    if (connection == null) {
      throw noConnection(operation);
    }
    QueueSubscription subscription =
        new QueueSubscription(label, consuming, topology, options, receiver, tasks);
    subscription.start(connection);
    subscriptions.add(subscription);
    var unused = subscription.ended().thenRun(() -> subscriptions.remove(subscription));
    if (closed) {
      subscription.end();
      throw cancelled(operation);
    }
    if (topology.declared() && topology.autoDelete()) {
      LOG.warn(
          "{}: the broker deletes queue '{}' and its messages when its last consumer goes, be it"
              + " for a restart; set {} to false to keep them",
          label,
          topology.queue(),
          topology.exchange() == null ? "deleteWhenUnused" : "deletedWhenUnused");
    }
    return subscription;
  }

  private InboardException cancelled(String operation) {
    return new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed");
  }

  /** Waits for confirms that are due, never for handlers. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    subscriptions.forEach(QueueSubscription::end);
    consuming.close();
    publisher.drain();
    publishing.close();
    tasks.shutdownNow();
    try {
      if (!tasks.awaitTermination(END.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("{}: a task still waits for the broker", label);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
