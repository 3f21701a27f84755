package dev.inboard.benchmarks.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.AsyncPubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.test.server.RabbitMqServer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Persistent messages of 256 bytes to a durable queue, confirmed one by one, many under way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RabbitMqTopic {
  private static final int MESSAGES = 2_000;

  private final RabbitMqServer server = RabbitMqServer.create();
  private final byte[] data = new byte[256];
  private Inboard inboard;
  private AsyncPubSub bus;
  private Connection connection;
  private Channel channel;

  /** Starts a broker, a runtime, and the plain client, each with an exchange and a queue. */
  @Setup
  public void open() throws Exception {
    server.start();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(server.uri());
    connection = factory.newConnection();
    channel = connection.createChannel();
    // Full queues drop their oldest messages, so that both sides always find the same.
    declare("ours");
    declare("raw");
    channel.confirmSelect();
    inboard =
        Components.runtime(
                "bus",
                "pubsub.rabbitmq",
                Map.of("connectionString", server.uri(), "deletedWhenUnused", "false"))
            .start();
    bus = inboard.pubSub("bus").async();
  }

  private void declare(String name) throws IOException {
    channel.exchangeDeclare(name, "fanout", true);
    channel.queueDeclare(name, true, false, false, Map.of("x-max-length", 10_000));
    channel.queueBind(name, name, "");
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
      name = "pubsub.rabbitmq confirmed publish, pipelined",
      baseline = "rawPublish",
      baselineName = "amqp-client, waitForConfirms",
      target = 0.95)
  public void publish() {
    CompletableFuture<?>[] sent = new CompletableFuture<?>[MESSAGES];
    for (int i = 0; i < MESSAGES; i++) {
      sent[i] = bus.publish("ours", data, PublishOptions.RAW);
    }
    CompletableFuture.allOf(sent).join(); // wakes once, as the client's waiting does
  }

  /** The client's: it learns that all are confirmed, not which one is not. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void rawPublish() throws Exception {
    for (int i = 0; i < MESSAGES; i++) {
      channel.basicPublish("raw", "", MessageProperties.PERSISTENT_BASIC, data);
    }
    channel.waitForConfirmsOrDie();
  }
}
