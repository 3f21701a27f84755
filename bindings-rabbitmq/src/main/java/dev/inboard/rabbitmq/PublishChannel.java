package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A channel in confirm mode: many messages are under way at one time, and each learns what became
 * of it.
 *
 * <p>A confirm, a return and the end of the channel arrive on the client's I/O thread, which never
 * waits for a publisher.
 */
final class PublishChannel {
  private final Channel channel;
  private final boolean confirms;
  private final Outcomes outcomes;
  private final Unconfirmed unconfirmed = new Unconfirmed();
  private final ReentrantLock sending = new ReentrantLock(); // keeps numbers and messages in step
  private final Set<String> declared = new HashSet<>(); // guarded by sending
  private volatile long refusedSince; // written by the client's thread; 0: the last was confirmed

  /** Says what becomes of messages. Called on the client's I/O thread. */
  interface Outcomes {
    void confirmed(Pending message);

    void refused(Pending message);

    void failed(Pending message, Throwable why);

    void channelClosed(PublishChannel channel, List<Pending> messages, ShutdownSignalException why);
  }

  /** Opens a channel. Blocks. */
  PublishChannel(Connection connection, boolean confirms, Outcomes outcomes) throws IOException {
    Channel made = connection.createChannel();
    if (made == null) {
      throw new IOException("the broker permits no further channel (channel_max)");
    }
    this.channel = made;
    this.confirms = confirms;
    this.outcomes = outcomes;
    if (confirms) {
      made.confirmSelect();
    }
    made.addConfirmListener(
        (number, multiple) -> answered(number, multiple, true),
        (number, multiple) -> answered(number, multiple, false));
    made.addReturnListener(
        returned -> {
          Pending message =
              unconfirmed.findReturned(
                  returned.getExchange(), returned.getRoutingKey(), returned.getBody());
          if (message != null) {
            message.markReturned();
          }
        });
    made.addShutdownListener(signal -> outcomes.channelClosed(this, unconfirmed.takeAll(), signal));
  }

  private void answered(long number, boolean multiple, boolean good) {
    for (Pending message = multiple ? unconfirmed.takeUpTo(number) : unconfirmed.take(number);
        message != null;
        message = multiple ? unconfirmed.takeUpTo(number) : null) {
      if (good) {
        refusedSince = 0;
        outcomes.confirmed(message);
      } else {
        if (refusedSince == 0) {
          refusedSince = System.nanoTime();
        }
        outcomes.refused(message);
      }
    }
  }

  /**
   * Sends a message. Waits only while the network takes no more bytes.
   *
   * @return null when the channel is closed and the message was not sent
   */
  @Nullable Pending publish(Outgoing message, boolean mandatory) {
    Pending pending = new Pending(message);
    sending.lock();
    try {
      if (!channel.isOpen()) {
        return null;
      }
      Declaration declaration = message.declaration();
      if (declaration != null && (declared.add(declaration.name()) || declaration.vanishes())) {
        declaration.declare(channel);
      }
      if (confirms) {
        unconfirmed.add(pending);
      }
      channel.basicPublish(
          message.exchange(),
          message.routingKey(),
          mandatory && confirms,
          message.properties(),
          message.body());
      if (!confirms) {
        outcomes.confirmed(pending);
      }
    } catch (AlreadyClosedException e) {
      outcomes.failed(pending, e);
    } catch (IOException | RuntimeException e) {
      // Whether the broker counts the message is not known any more: numbers may be out of step.
      outcomes.failed(pending, e);
      abort();
    } finally {
      sending.unlock();
    }
    if (!channel.isOpen() && confirms) { // it may have closed just before the message was noted
      ShutdownSignalException reason = channel.getCloseReason();
      if (reason != null) {
        outcomes.channelClosed(this, unconfirmed.takeAll(), reason);
      }
    }
    return pending;
  }

  List<Pending> takeSentBefore(long nanos) {
    return unconfirmed.takeSentBefore(nanos);
  }

  /** Says whether the broker has refused everything for so long. */
  boolean isRefusedFor(Duration time) {
    long since = refusedSince;
    return since != 0 && System.nanoTime() - since > time.toNanos();
  }

  boolean isIdle() {
    return unconfirmed.isEmpty();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Closes the channel; what is under way fails. Blocks. */
  void abort() {
    try {
      channel.abort(AMQP.REPLY_SUCCESS, "closed by the application");
    } catch (IOException | RuntimeException alreadyGone) {
      return;
    }
  }
}
