package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel of one subscription on one connection. When it is closed, what was delivered on it
 * belongs to the broker again, and settling it here does nothing.
 */
final class ConsumerChannel {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerChannel.class);
  private static final int LONGEST_TAG = 255;

  private final Channel channel;
  private final String queue;
  private final Listener listener;
  private volatile @Nullable String tag; // of the consumer that counts

  /** Hears what arrives. Called on the client's threads, in the order of the channel. */
  interface Listener {
    void delivered(
        ConsumerChannel channel, Envelope envelope, BasicProperties properties, byte[] body);

    /**
     * The channel delivers nothing more.
     *
     * @param why null when the broker has cancelled the consumer, as it does when the queue is
     *     deleted
     */
    void ended(ConsumerChannel channel, @Nullable ShutdownSignalException why);
  }

  /** Opens a channel. Blocks. */
  ConsumerChannel(Connection connection, String queue, Listener listener) throws IOException {
    Channel made = connection.createChannel();
    if (made == null) {
      throw new IOException("the broker permits no further channel (channel_max)");
    }
    this.channel = made;
    this.queue = queue;
    this.listener = listener;
    made.addShutdownListener(signal -> listener.ended(this, signal));
  }

  int establish(QueueTopology topology) throws IOException {
    return topology.establish(channel);
  }

  /**
   * Begins to consume with a window of so many messages, or replaces the window. Blocks.
   *
   * <p>The new consumer is there before the old one goes: a queue that deletes itself with its last
   * consumer stays.
   */
  void consume(int window) throws IOException {
    String former = tag;
    String made = tag(queue);
    tag = made;
    channel.basicQos(window);
    channel.basicConsume(queue, false, made, new Receiving());
    if (former != null) {
      channel.basicCancel(former);
    }
  }

  /** A name for people, unique by its end; the beginning goes when it is too long. */
  private static String tag(String queue) {
    byte[] name = (queue + "-" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    int from = Math.max(0, name.length - LONGEST_TAG);
    while (from < name.length && (name[from] & 0xC0) == 0x80) { // not inside a character
      from++;
    }
    return new String(name, from, name.length - from, StandardCharsets.UTF_8);
  }

  private final class Receiving extends DefaultConsumer {
    Receiving() {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
      listener.delivered(ConsumerChannel.this, envelope, properties, body);
    }

    @Override
    public void handleCancel(String consumerTag) {
      if (consumerTag.equals(tag)) {
        listener.ended(ConsumerChannel.this, null);
      }
    }
  }

  void acknowledge(long deliveryTag) {
    tell(() -> channel.basicAck(deliveryTag, false));
  }

  /** Has the broker deliver the message again, here or elsewhere. */
  void giveBack(long deliveryTag) {
    tell(() -> channel.basicReject(deliveryTag, true));
  }

  /** Has the broker send the message to the queue's dead letters. */
  void reject(long deliveryTag) {
    tell(() -> channel.basicReject(deliveryTag, false));
  }

  /** Takes no more messages; what was delivered can still be settled. Blocks. */
  void cancel() {
    String last = tag;
    if (last != null) {
      tell(() -> channel.basicCancel(last));
    }
  }

  int messagesWaiting() throws IOException {
    return (int) Math.min(Integer.MAX_VALUE, channel.messageCount(queue));
  }

  /** Closes; the broker has seen every settlement when this returns. Blocks. */
  void close() {
    tell(channel::abort);
  }

  private interface Word {
    void say() throws IOException;
  }

  /** A channel that is closed needs to be told nothing: the broker has its messages back. */
  private void tell(Word word) {
    try {
      word.say();
    } catch (IOException | RuntimeException e) {
      LOG.debug("'{}' was not told", queue, e);
    }
  }
}
