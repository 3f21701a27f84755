package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;

/** An exchange as Dapr's component declares it. */
record Exchange(String name, String kind, boolean durable, boolean autoDelete)
    implements Declaration {
  @Override
  public boolean vanishes() {
    return autoDelete;
  }

  @Override
  public void declare(Channel channel) throws IOException {
    channel.exchangeDeclareNoWait(name, kind, durable, autoDelete, false, Map.of());
  }

  /** Declares it and waits for the broker's answer. */
  void declareNow(Channel channel) throws IOException {
    channel.exchangeDeclare(name, kind, durable, autoDelete, Map.of());
  }
}
