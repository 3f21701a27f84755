package dev.inboard.rabbitmq;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import dev.inboard.spi.ComponentSpec;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How to reach the broker.
 *
 * @param external whether the client's certificate is the login (SASL EXTERNAL)
 * @param heartbeat how often both sides say that they live; zero: never
 * @param reconnectWait the longest pause between two attempts to connect again
 * @param clientName the connection's name in the broker's lists
 */
record ConnectionOptions(
    BrokerAddress address,
    Tls tls,
    boolean external,
    Duration heartbeat,
    Duration reconnectWait,
    String clientName) {
  private static final int DIAL_MILLIS = 10_000;
  private static final int HANDSHAKE_MILLIS = 30_000;
  private static final int ANSWER_MILLIS = 60_000;

  /** Returns the client's settings. Reconnecting is this module's business, never the client's. */
  ConnectionFactory factory(ComponentSpec spec) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setVirtualHost(address.virtualHost());
    factory.setUsername(address.user());
    factory.setPassword(address.password().reveal());
    factory.setRequestedHeartbeat((int) Math.min(heartbeat.toSeconds(), 65_535));
    factory.setConnectionTimeout(DIAL_MILLIS);
    factory.setHandshakeTimeout(HANDSHAKE_MILLIS);
    factory.setChannelRpcTimeout(ANSWER_MILLIS);
    factory.setThreadFactory(threads(spec.name()));
    factory.setExceptionHandler(new QuietExceptionHandler());
    if (address.tls()) {
      factory.useSslProtocol(tls.context());
      factory.enableHostnameVerification();
    }
    if (external) {
      factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    }
    return factory;
  }

  static ThreadFactory threads(String component) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread =
          new Thread(task, "inboard-" + component + "-rabbitmq-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
