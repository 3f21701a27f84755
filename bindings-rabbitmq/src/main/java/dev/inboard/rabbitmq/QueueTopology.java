package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue and what leads to it.
 *
 * @param declared whether to create what is missing; otherwise the queue must exist, and nothing is
 *     changed
 * @param exchange where its messages come from, or null for a queue that is addressed by its name
 * @param routingKeys one binding each
 * @param deadLetters what becomes of messages that it gives up, or null
 */
record QueueTopology(
    String queue,
    boolean declared,
    boolean durable,
    boolean autoDelete,
    boolean exclusive,
    Map<String, Object> arguments,
    @Nullable Exchange exchange,
    List<String> routingKeys,
    @Nullable DeadLetterQueue deadLetters) {

  /** Dapr's broker-side dead letters: an exchange and a queue named after the queue. */
  record DeadLetterQueue(String exchange, String queue, Map<String, Object> arguments) {
    static DeadLetterQueue of(String queue, boolean quorum, Map<String, Object> limits) {
      Map<String, Object> arguments = new HashMap<>(limits);
      if (quorum) { // a quorum queue knows no mode; a sidecar cannot declare this one at all
        arguments.put("x-queue-type", "quorum");
      } else {
        arguments.put("x-queue-mode", "lazy");
      }
      return new DeadLetterQueue("dlx-" + queue, "dlq-" + queue, arguments);
    }

    private void declare(Channel channel, boolean autoDelete) throws IOException {
      channel.exchangeDeclare(exchange, "fanout", true, autoDelete, Map.of());
      channel.queueDeclare(queue, true, false, autoDelete, arguments);
      channel.queueBind(queue, exchange, "");
    }
  }

  /**
   * Makes sure that everything exists. Blocks.
   *
   * @return how many messages wait in the queue
   */
  int establish(Channel channel) throws IOException {
    if (!declared) {
      return channel.queueDeclarePassive(queue).getMessageCount();
    }
    if (exchange != null) {
      exchange.declareNow(channel);
    }
    if (deadLetters != null) {
      deadLetters.declare(channel, autoDelete);
    }
    AMQP.Queue.DeclareOk answer =
        channel.queueDeclare(queue, durable, exclusive, autoDelete, arguments);
    if (exchange != null) {
      for (String key : routingKeys) {
        channel.queueBind(queue, exchange.name(), key);
      }
    }
    return answer.getMessageCount();
  }

  boolean singleActiveConsumer() {
    return Boolean.TRUE.equals(arguments.get("x-single-active-consumer"));
  }
}
