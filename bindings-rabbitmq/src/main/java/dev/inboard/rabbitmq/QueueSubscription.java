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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the messages of a queue and settles them with the broker, over one channel after the
 * other as connections come and go.
 *
 * <p>A message that was not handled stays with this member, unacknowledged, until its pause is
 * over. While such messages wait, the window of the channel grows, so that they do not keep others
 * from coming.
 */
final class QueueSubscription
    implements DriverSubscription, ConsumerChannel.Listener, BrokerConnection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(QueueSubscription.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final Duration LAG_IS_FRESH = Duration.ofMillis(200);
  private static final Duration SHRINK = Duration.ofMinutes(1);
  private static final int MOST_EXTRA = 1_000;
  private static final int LARGEST_WINDOW = 65_535;

  private final String label;
  private final BrokerConnection broker;
  private final QueueTopology topology;
  private final ConsumeOptions options;
  private final MessageReceiver receiver;
  private final ScheduledExecutorService tasks;
  private final Object attaching = new Object();
  private final AtomicInteger pumping = new AtomicInteger();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile int waitingAtBroker;
  private volatile long lagAsked = System.nanoTime();

  // guarded by this
  private final Deque<Held> ready = new ArrayDeque<>();
  private final Set<Held> resting = new LinkedHashSet<>(); // not handled, and their pause runs
  private @Nullable ConsumerChannel current;
  private int window;
  private boolean resizing;
  private int unsettled; // with the receiver
  private boolean paused;
  private boolean stopping;
  private boolean ended;

  QueueSubscription(
      String label,
      BrokerConnection broker,
      QueueTopology topology,
      ConsumeOptions options,
      MessageReceiver receiver,
      ScheduledExecutorService tasks) {
    this.label = label;
    this.broker = broker;
    this.topology = topology;
    this.options = options;
    this.receiver = receiver;
    this.tasks = tasks;
    this.window = firstWindow();
  }

  private int firstWindow() {
    return Math.min(options.window(), LARGEST_WINDOW);
  }

  // channels

  /** Begins. Blocks until messages can arrive, or fails. */
  void start(Connection connection) throws IOException {
    attach(connection);
    broker.addListener(this);
    Connection present = broker.current();
    if (present != null && present != connection) {
      connected(present);
    }
  }

  private void attach(Connection connection) throws IOException {
    synchronized (attaching) {
      ConsumerChannel made = new ConsumerChannel(connection, topology.queue(), this);
      try {
        waitingAtBroker = made.establish(topology);
        synchronized (this) {
          if (stopping || current != null) {
            made.close();
            return;
          }
          current = made;
          window = firstWindow();
        }
        made.consume(firstWindow());
      } catch (IOException | RuntimeException e) {
        lose(made);
        made.close();
        throw e;
      }
    }
  }

  @Override
  public void connected(Connection connection) {
    attachOrRetry(connection, FIRST_RETRY);
  }

  private void attachOrRetry(Connection connection, Duration pause) {
    synchronized (this) {
      if (stopping || current != null) {
        return;
      }
    }
    try {
      attach(connection);
    } catch (IOException | RuntimeException e) {
      if (connection.isOpen()) {
        LOG.warn(
            "{}: cannot consume queue '{}', trying again in {} s: {}",
            label,
            topology.queue(),
            pause.toMillis() / 1000.0,
            RabbitMqErrors.wrap(label, "subscribe", e).reason());
        attachLater(pause);
      }
    }
  }

  private void attachLater(Duration pause) {
    later(
        pause,
        () -> {
          Connection connection = broker.current();
          if (connection != null) { // otherwise the next one brings it
            Duration doubled = pause.multipliedBy(2);
            attachOrRetry(
                connection, doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY);
          }
        });
  }

  @Override
  public void ended(ConsumerChannel channel, @Nullable ShutdownSignalException why) {
    if (!lose(channel)) {
      return;
    }
    endIfDone();
    if (why != null && why.isHardError()) {
      return; // the connection is gone; the next one brings a channel
    }
    LOG.warn(
        "{}: the broker has closed the consumer of queue '{}' ({}); consuming again",
        label,
        topology.queue(),
        why == null ? "the queue was deleted or its node is gone" : RabbitMqErrors.reason(why));
    later(
        Duration.ZERO,
        () -> {
          channel.close();
          attachLater(FIRST_RETRY);
        });
  }

  /** Forgets a channel and its messages, which the broker delivers again. */
  private synchronized boolean lose(ConsumerChannel channel) {
    if (current != channel) {
      return false;
    }
    current = null;
    resizing = false;
    ready.clear();
    resting.clear();
    return true;
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
    boolean late;
    synchronized (this) {
      if (channel != current) {
        return; // the broker has it back
      }
      late = stopping;
      if (!late) {
        ready.add(held);
      }
    }
    if (late) {
      held.giveBack();
    } else {
      pump();
    }
  }

  /** Hands out what may be handed out, on one thread at a time, so that the order is kept. */
  private void pump() {
    if (pumping.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Held next = next(); next != null; next = next()) {
        deliver(next);
      }
      missed = pumping.addAndGet(-missed);
    } while (missed != 0);
  }

  private synchronized @Nullable Held next() {
    if (paused
        || stopping
        || unsettled >= options.maxInFlight()
        || (options.ordered() && !resting.isEmpty())) {
      return null;
    }
    Held held = ready.poll();
    if (held != null) {
      unsettled++;
    }
    return held;
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
    if (settlement != Settlement.ACKNOWLEDGE) {
      notHandled(held);
      pump();
      endIfDone();
      return;
    }
    held.acknowledge();
    boolean more;
    boolean last;
    synchronized (this) {
      unsettled--;
      more = !ready.isEmpty();
      last = stopping;
    }
    if (more) { // otherwise the next delivery brings it
      pump();
    }
    if (last) {
      endIfDone();
    }
  }

  private void notHandled(Held held) {
    boolean rests;
    boolean buried;
    synchronized (this) {
      unsettled--;
      boolean mine = held.channel() == current && !stopping;
      buried = mine && options.deadLetters();
      rests = mine && !buried;
      if (rests) {
        resting.add(held);
      }
    }
    if (rests) {
      later(held.pause(), () -> rested(held));
      makeRoom();
    } else if (buried) {
      held.reject();
    } else {
      held.giveBack();
    }
  }

  private void rested(Held held) {
    boolean back;
    synchronized (this) {
      if (!resting.remove(held)) {
        return; // lost or given back meanwhile
      }
      back = held.isHeldTooLong();
      if (!back) {
        ready.addFirst(held.again());
      }
      if (resting.isEmpty() && window > firstWindow()) {
        later(SHRINK, this::shrink);
      }
    }
    if (back) {
      held.giveBack();
    }
    pump();
  }

  /** Lets more messages come when those that rest leave too little room for others. */
  private void makeRoom() {
    synchronized (this) {
      int most = Math.min(firstWindow() + MOST_EXTRA, LARGEST_WINDOW);
      if (options.ordered()
          || topology.singleActiveConsumer()
          || window - resting.size() >= firstWindow()
          || window >= most) {
        return;
      }
      resize(Math.min(most, firstWindow() + 2 * resting.size()));
    }
  }

  private synchronized void shrink() {
    if (resting.isEmpty() && window > firstWindow()) {
      resize(firstWindow());
    }
  }

  private synchronized void resize(int size) {
    ConsumerChannel channel = current;
    if (resizing || channel == null || stopping) {
      return;
    }
    resizing = true;
    window = size;
    later(Duration.ZERO, () -> resized(channel, size));
  }

  private void resized(ConsumerChannel channel, int size) {
    try {
      channel.consume(size);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: the window of '{}' stays", label, topology.queue(), e);
    }
    synchronized (this) {
      resizing = false;
    }
  }

  // what the runtime asks for

  @Override
  public synchronized void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    synchronized (this) {
      paused = false;
    }
    pump();
  }

  @Override
  public OptionalLong lag() {
    long now = System.nanoTime();
    if (now - lagAsked > LAG_IS_FRESH.toNanos()) {
      lagAsked = now;
      later(Duration.ZERO, this::askForLag);
    }
    synchronized (this) {
      return OptionalLong.of((long) waitingAtBroker + ready.size() + resting.size());
    }
  }

  private void askForLag() {
    ConsumerChannel channel;
    synchronized (this) {
      channel = current;
    }
    try {
      if (channel != null) {
        waitingAtBroker = channel.messagesWaiting();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: the lag of '{}' is not known", label, topology.queue(), e);
    }
  }

  @Override
  public CompletionStage<Void> stop() {
    List<Held> back = new ArrayList<>();
    ConsumerChannel channel;
    synchronized (this) {
      if (stopping) {
        return stopped.minimalCompletionStage();
      }
      stopping = true;
      channel = current;
      back.addAll(ready);
      back.addAll(resting);
      ready.clear();
      resting.clear();
    }
    later(
        Duration.ZERO,
        () -> {
          if (channel != null) {
            channel.cancel();
          }
          back.forEach(Held::giveBack);
          endIfDone();
        });
    return stopped.minimalCompletionStage();
  }

  private void endIfDone() {
    ConsumerChannel last;
    synchronized (this) {
      if (!stopping || ended || unsettled > 0) {
        return;
      }
      ended = true;
      last = current;
      current = null;
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
    synchronized (this) {
      stopping = true;
      ended = true;
      current = null;
      ready.clear();
      resting.clear();
    }
    broker.removeListener(this);
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
