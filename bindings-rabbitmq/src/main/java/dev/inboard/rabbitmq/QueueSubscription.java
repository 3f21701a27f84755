package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the messages of a queue and settles them with the broker.
 *
 * <p>A message that was not handled stays with this member, unacknowledged, until its pause is
 * over.
 */
final class QueueSubscription implements DriverSubscription, ConsumerChannel.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(QueueSubscription.class);
  private static final Duration SHRINK = Duration.ofMinutes(1);

  private final String label;
  private final QueueTopology topology;
  private final ConsumeOptions options;
  private final MessageReceiver receiver;
  private final ScheduledExecutorService tasks;
  private final HeldMessages messages;
  private final Window window;
  private final QueueLag lag;
  private final QueueConsumer consumer;
  private final AtomicInteger pumping = new AtomicInteger();
  private final AtomicBoolean toldToStop = new AtomicBoolean();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  QueueSubscription(
      String label,
      BrokerConnection broker,
      QueueTopology topology,
      ConsumeOptions options,
      MessageReceiver receiver,
      ScheduledExecutorService tasks) {
    this.label = label;
    this.topology = topology;
    this.options = options;
    this.receiver = receiver;
    this.tasks = tasks;
    this.messages = new HeldMessages(options);
    this.window =
        new Window(options.window(), !options.ordered() && !topology.singleActiveConsumer());
    this.lag = new QueueLag(topology.queue(), messages, this::later);
    this.consumer =
        new QueueConsumer(label, broker, topology, messages, window, lag, this, this::later);
  }

  /** Begins. Blocks until messages can arrive, or fails. */
  void start(Connection connection) throws IOException {
    consumer.start(connection);
  }

  // delivering

  @Override
  public void delivered(
      ConsumerChannel channel, Envelope envelope, BasicProperties properties, byte[] body) {
    Held held =
        new Held(
            channel,
            envelope.getDeliveryTag(),
            Inbound.message(options, envelope, properties, body));
    if (messages.add(held)) {
      pump();
    } else {
      held.giveBack();
    }
  }

  @Override
  public void ended(ConsumerChannel channel, @Nullable ShutdownSignalException why) {
    if (messages.lose(channel)) {
      endIfDone();
      consumer.replace(channel, why);
    }
  }

  /** Hands out what may be handed out, on one thread at a time, so that the order is kept. */
  private void pump() {
    if (pumping.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Held next = messages.next(); next != null; next = messages.next()) {
        deliver(next);
      }
      missed = pumping.addAndGet(-missed);
    } while (missed != 0);
  }

  private void deliver(Held held) {
    if (options.acknowledgesFirst()) {
      held.acknowledge();
    }
    CompletionStage<Settlement> outcome;
    try {
      outcome = receiver.receive(held.message());
    } catch (RuntimeException e) {
      outcome = CompletableFuture.failedStage(e);
    }
    outcome.whenComplete((settlement, failure) -> settled(held, settlement, failure));
  }

  // settling

  private void settled(Held held, @Nullable Settlement settlement, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.error("{}: the receiver of '{}' broke its rules", label, options.topic(), failure);
    }
    boolean more = true;
    if (settlement == Settlement.ACKNOWLEDGE) {
      held.acknowledge();
      more = messages.handled();
    } else {
      notHandled(held);
    }
    if (more) { // otherwise the next delivery brings it
      pump();
    }
    if (messages.isStopping()) {
      endIfDone();
    }
  }

  private void notHandled(Held held) {
    switch (messages.notHandled(held)) {
      case REST -> {
        later(held.pause(), () -> rested(held));
        resize(window.grow(messages.resting()));
      }
      case DEAD_LETTER -> held.reject();
      case GIVE_BACK -> held.giveBack();
    }
  }

  private void rested(Held held) {
    if (messages.rested(held)) {
      held.giveBack();
    }
    if (messages.resting() == 0 && window.isGrown()) {
      later(SHRINK, this::shrink);
    }
    pump();
  }

  private void shrink() {
    if (messages.resting() == 0) {
      resize(window.shrink());
    }
  }

  private void resize(OptionalInt size) {
    ConsumerChannel channel = messages.channel();
    if (size.isPresent() && channel != null) {
      later(Duration.ZERO, () -> resize(channel, size.getAsInt()));
    }
  }

  private void resize(ConsumerChannel channel, int size) {
    try {
      if (!messages.isStopping()) {
        channel.consume(size);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: the window of '{}' stays", label, topology.queue(), e);
    }
    window.changed();
  }

  // what the runtime asks for

  @Override
  public void pause() {
    messages.pause(true);
  }

  @Override
  public void resume() {
    messages.pause(false);
    pump();
  }

  @Override
  public OptionalLong lag() {
    return OptionalLong.of(lag.get());
  }

  @Override
  public CompletionStage<Void> stop() {
    if (toldToStop.compareAndSet(false, true)) {
      List<Held> back = messages.stop();
      ConsumerChannel channel = messages.channel();
      later(
          Duration.ZERO,
          () -> {
            if (channel != null) {
              channel.cancel();
            }
            back.forEach(Held::giveBack);
            endIfDone();
          });
    }
    return stopped.minimalCompletionStage();
  }

  private void endIfDone() {
    if (!messages.isDone()) {
      return;
    }
    ConsumerChannel last = messages.channel();
    if (last != null) {
      messages.lose(last); // its end is no reason for another one
    }
    later(
        Duration.ZERO,
        () -> {
          if (last != null) {
            last.close();
          }
          end();
        });
  }

  /** Delivers nothing more and waits for nothing; the broker has back what is not settled. */
  void end() {
    messages.end();
    consumer.end();
    stopped.complete(null);
  }

  CompletionStage<Void> ended() {
    return stopped.minimalCompletionStage();
  }

  private void later(Duration pause, Runnable task) {
    try {
      Future<?> unused = tasks.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException componentIsClosed) {
      stopped.complete(null);
    }
  }
}
