package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import org.jspecify.annotations.Nullable;

/**
 * A message in AMQP's terms.
 *
 * @param topic what the caller calls its destination, for messages to people
 * @param declaration what must exist before it is sent, or null
 * @param mustRoute whether it is an error when the message leads to no queue
 */
record Outgoing(
    String topic,
    String exchange,
    String routingKey,
    BasicProperties properties,
    byte[] body,
    @Nullable Declaration declaration,
    boolean mustRoute) {
  String operation() {
    return "publish to '" + topic + "'";
  }
}
