package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import java.io.IOException;

/**
 * Has the broker create what is missing, without waiting for an answer: a refusal closes the
 * channel.
 */
interface Declaration {
  /** What it declares; declared once per channel, unless it {@link #vanishes}. */
  String name();

  /** Says whether the broker may delete it again by itself, so that each message needs it anew. */
  boolean vanishes();

  void declare(Channel channel) throws IOException;
}
