package dev.inboard.benchmarks.rabbitmq;

import static dev.inboard.benchmarks.Arrivals.MESSAGES;
import static dev.inboard.benchmarks.Arrivals.WINDOW;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import dev.inboard.Inboard;
import dev.inboard.benchmarks.Arrivals;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.Subscription;
import dev.inboard.test.server.RabbitMqServer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A full queue is emptied, every message acknowledged by itself. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RabbitMqQueue {
  private static final String QUEUE = "bench-orders";

  private final RabbitMqServer server = RabbitMqServer.create();
  private final Arrivals arrivals = new Arrivals();
  private Inboard inboard;
  private Connection connection;
  private Channel channel;

  /** Starts a broker, a runtime, and the plain client, which use the same queue in turn. */
  @Setup
  public void open() throws Exception {
    server.start();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(server.uri());
    connection = factory.newConnection();
    channel = connection.createChannel();
    channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "classic"));
    channel.confirmSelect();
    channel.basicQos(WINDOW);
    inboard =
        Components.runtime(
                "bus",
                "pubsub.rabbitmq",
                Map.of("connectionString", server.uri(), "deletedWhenUnused", "false"))
            .start();
  }

  /** Fills the queue; not measured. */
  @Setup(Level.Invocation)
  public void fill() throws Exception {
    for (int i = 0; i < MESSAGES; i++) {
      channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, arrivals.body());
    }
    channel.waitForConfirmsOrDie();
    arrivals.expectAll();
  }

  /** Ends them. */
  @TearDown
  public void close() {
    inboard.close();
    connection.abort();
    server.close();
  }

  /** Ours. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Versus(
      name = "pubsub.rabbitmq consume, no-op handler",
      baseline = "rawConsume",
      baselineName = "amqp-client, the same prefetch",
      target = 0.9)
  public void consume() throws InterruptedException {
    try (Subscription subscription =
        inboard.pubSub("bus").subscribe(arrivals.subscription("orders"))) {
      arrivals.awaitAll();
    }
  }

  /** The client's. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void rawConsume() throws Exception {
    String tag =
        channel.basicConsume(
            QUEUE,
            false,
            new DefaultConsumer(channel) {
              @Override
              public void handleDelivery(
                  String consumerTag, Envelope envelope, BasicProperties properties, byte[] body)
                  throws IOException {
                channel.basicAck(envelope.getDeliveryTag(), false);
                arrivals.arrived();
              }
            });
    arrivals.awaitAll();
    channel.basicCancel(tag);
  }
}
