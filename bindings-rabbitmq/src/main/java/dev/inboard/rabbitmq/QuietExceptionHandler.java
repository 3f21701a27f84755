package dev.inboard.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves the report of a lost connection to {@link BrokerConnection}, which makes a new one. */
final class QuietExceptionHandler extends DefaultExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(QuietExceptionHandler.class);

  @Override
  public void handleUnexpectedConnectionDriverException(Connection connection, Throwable failure) {
    LOG.debug("the connection broke", failure);
  }
}
