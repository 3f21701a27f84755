package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** The plain client: what others than Inboard do, such as a sidecar. */
final class RawBroker implements AutoCloseable {
  private final Connection connection;
  private final Channel channel;

  RawBroker(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    connection = factory.newConnection();
    channel = connection.createChannel();
  }

  Channel channel() {
    return channel;
  }

  /** Declares a queue of its own that gets every message of an exchange from now on. */
  String tap(String exchange, String key) throws IOException {
    String queue = channel.queueDeclare().getQueue();
    channel.queueBind(queue, exchange, key);
    return queue;
  }

  /** Takes the next message out of a queue, which must come. */
  GetResponse take(String queue) {
    AtomicReference<GetResponse> found = new AtomicReference<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              found.set(channel.basicGet(queue, true));
              return found.get() != null;
            });
    return found.get();
  }

  void send(String exchange, String key, BasicProperties properties, byte[] body)
      throws IOException {
    channel.basicPublish(exchange, key, properties, body);
  }

  @Override
  public void close() {
    connection.abort();
  }
}
