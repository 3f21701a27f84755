package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A queue in which messages wait until their delay is over, and from which the broker then sends
 * them to their exchange.
 *
 * <p>All messages of one queue wait equally long, so that none holds up another. The queue deletes
 * itself when it has not been declared for longer than its delay, which is when it is empty.
 *
 * @param exchange where the messages go in the end
 * @param delay how long they wait
 */
record DelayQueue(String exchange, String routingKey, Duration delay) implements Declaration {
  private static final Duration SPARE = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(40); // and SPARE fits into 32 bits
  private static final int LONGEST_NAME = 255;

  /**
   * Makes a queue for a delay, which is rounded up to three digits, so that there are not more
   * queues than needed.
   *
   * @throws IllegalArgumentException when the delay is too long
   */
  static DelayQueue of(String exchange, String routingKey, Duration delay) {
    if (delay.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the delay "
              + delay
              + " is longer than "
              + LONGEST
              + "; use a workflow or a job for that");
    }
    long millis = Math.max(1, delay.toMillis());
    long step = 1;
    while (millis / step >= 1_000) {
      step *= 10;
    }
    return new DelayQueue(
        exchange, routingKey, Duration.ofMillis((millis + step - 1) / step * step));
  }

  @Override
  public String name() {
    String name =
        "inboard-delay-"
            + delay.toMillis()
            + "-"
            + exchange
            + (routingKey.isEmpty() ? "" : "-" + routingKey);
    return name.length() <= LONGEST_NAME / 3
        ? name
        : "inboard-delay-"
            + delay.toMillis()
            + "-"
            + UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Each declaration also says that the queue is in use. */
  @Override
  public boolean vanishes() {
    return true;
  }

  @Override
  public void declare(Channel channel) throws IOException {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("x-queue-type", "quorum");
    arguments.put("x-message-ttl", delay.toMillis());
    arguments.put("x-expires", delay.plus(SPARE).toMillis());
    arguments.put("x-dead-letter-exchange", exchange);
    arguments.put("x-dead-letter-routing-key", routingKey);
    // The broker lets go of a message only when the queues behind the exchange have it.
    arguments.put("x-dead-letter-strategy", "at-least-once");
    arguments.put("x-overflow", "reject-publish");
    channel.queueDeclareNoWait(name(), true, false, false, arguments);
  }

  /** The same queue, and the exchange to which it leads. */
  Declaration behind(Exchange target) {
    DelayQueue queue = this;
    return new Declaration() {
      @Override
      public String name() {
        return queue.name();
      }

      @Override
      public boolean vanishes() {
        return true;
      }

      @Override
      public void declare(Channel channel) throws IOException {
        target.declare(channel);
        queue.declare(channel);
      }
    };
  }
}
