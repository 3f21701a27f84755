package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages over a few channels and says of each whether the broker has it.
 *
 * <p>A topic always uses the same channel, which keeps its order. A topic that has made the broker
 * close a channel uses one apart from then on, so that it harms nobody twice. Nothing is sent
 * twice: what is under way when a channel closes fails.
 */
final class Publisher implements BrokerConnection.Listener, PublishChannel.Outcomes {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final int SUSPECT = 0; // the channel apart
  private static final int CHANNELS = 5;
  private static final Duration REOPEN = Duration.ofMillis(20);
  private static final Duration RENEW_REFUSED = Duration.ofSeconds(2);
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(10);

  private final String label;
  private final BrokerConnection broker;
  private final boolean confirms;
  private final Duration confirmTimeout;
  private final ScheduledExecutorService tasks;
  private final AtomicReferenceArray<@Nullable PublishChannel> channels =
      new AtomicReferenceArray<>(CHANNELS);
  private final Set<String> suspects = ConcurrentHashMap.newKeySet();
  private final Set<String> withoutQueue = ConcurrentHashMap.newKeySet();
  private volatile @Nullable String blocked; // why the broker takes no messages at present
  private volatile boolean closed;

  /**
   * Makes a publisher that works as soon as its connection is opened.
   *
   * @param confirms whether to wait for the broker's word; otherwise a message counts as published
   *     when it is written to the network
   * @param confirmTimeout the longest wait for that word
   */
  Publisher(
      String label,
      BrokerConnection broker,
      boolean confirms,
      Duration confirmTimeout,
      ScheduledExecutorService tasks) {
    this.label = label;
    this.broker = broker;
    this.confirms = confirms;
    this.confirmTimeout = confirmTimeout;
    this.tasks = tasks;
    broker.addListener(this);
    long tick = Math.max(1, Math.min(500, confirmTimeout.toMillis() / 4));
    Future<?> unused =
        tasks.scheduleWithFixedDelay(this::giveUpOld, tick, tick, TimeUnit.MILLISECONDS);
  }

  CompletionStage<Void> publish(Outgoing message) {
    if (closed) {
      return failed(message, ErrorCode.CANCELLED, "the component is closed");
    }
    String alarm = blocked;
    if (alarm != null) {
      return failed(
          message,
          ErrorCode.EXHAUSTED,
          "the broker takes no messages at present ("
              + alarm
              + "); free memory or disk there, and publish again");
    }
    PublishChannel channel = channels.get(slot(message.topic()));
    boolean mandatory = message.mustRoute() || !withoutQueue.contains(message.topic());
    Pending pending = channel == null ? null : channel.publish(message, mandatory);
    return pending == null ? unavailable(message) : pending;
  }

  private int slot(String topic) {
    if (!suspects.isEmpty() && suspects.contains(topic)) {
      return SUSPECT;
    }
    return 1 + Math.floorMod(topic.hashCode(), CHANNELS - 1);
  }

  private CompletionStage<Void> unavailable(Outgoing message) {
    Throwable why = broker.failure();
    if (why == null) {
      return failed(
          message, ErrorCode.UNAVAILABLE, "the channel is being opened again; publish again");
    }
    InboardException cause = RabbitMqErrors.wrap(label, message.operation(), why);
    return failed(message, cause.code(), "no connection: " + cause.reason());
  }

  private CompletionStage<Void> failed(Outgoing message, ErrorCode code, String reason) {
    return CompletableFuture.failedStage(
        new InboardException(code, label, message.operation(), reason));
  }

  // what the broker says

  @Override
  public void connected(Connection connection) {
    blocked = null;
    connection.addBlockedListener(reason -> blocked = reason, () -> blocked = null);
    for (int slot = 0; slot < CHANNELS; slot++) {
      openChannel(connection, slot);
    }
  }

  private void openChannel(Connection connection, int slot) {
    if (slot == SUSPECT && suspects.isEmpty()) {
      return;
    }
    try {
      channels.set(slot, new PublishChannel(connection, confirms, this));
    } catch (IOException | RuntimeException e) {
      if (connection.isOpen() && !closed) {
        LOG.warn("{}: cannot open a channel for publishing, trying again", label, e);
        openLater(connection, slot, Duration.ofSeconds(1));
      }
    }
  }

  private void openLater(Connection connection, int slot, Duration pause) {
    try {
      Future<?> unused =
          tasks.schedule(
              () -> openAgain(connection, slot), pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException componentIsClosed) {
      return;
    }
  }

  private void openAgain(Connection connection, int slot) {
    PublishChannel present = channels.get(slot);
    if (connection == broker.current() && (present == null || !present.isOpen())) {
      openChannel(connection, slot);
    }
  }

  @Override
  public void confirmed(Pending pending) {
    Outgoing message = pending.message();
    if (!pending.returned()) {
      pending.complete(null);
      return;
    }
    if (message.mustRoute()) {
      fail(
          pending,
          ErrorCode.NOT_FOUND,
          "no queue gets messages of exchange '"
              + message.exchange()
              + "' with routing key '"
              + message.routingKey()
              + "', so the broker has dropped it; bind a queue, or set mandatory to false",
          null);
      return;
    }
    if (withoutQueue.add(message.topic())) {
      LOG.warn(
          "{}: nobody has subscribed to '{}', so the broker drops its messages; set mandatory to"
              + " true to make that an error",
          label,
          message.topic());
    }
    pending.complete(null);
  }

  @Override
  public void refused(Pending pending) {
    fail(
        pending,
        ErrorCode.EXHAUSTED,
        "the broker has refused it (negative confirm): a queue is full or cannot store it at"
            + " present; let it be consumed, or raise its limit, and publish again",
        null);
  }

  @Override
  public void failed(Pending pending, Throwable why) {
    pending.completeExceptionally(RabbitMqErrors.wrap(label, pending.message().operation(), why));
  }

  @Override
  public void channelClosed(
      PublishChannel channel, List<Pending> messages, ShutdownSignalException why) {
    String text = RabbitMqErrors.text(why);
    boolean wholeConnection = why.isHardError();
    List<Pending> culprits =
        wholeConnection
            ? messages
            : messages.stream().filter(pending -> isAbout(text, pending.message())).toList();
    for (Pending pending : messages) {
      if (culprits.contains(pending)) {
        suspect(pending, wholeConnection);
        failed(pending, why);
      } else {
        fail(
            pending,
            ErrorCode.UNAVAILABLE,
            "the broker has closed the channel (" + text + "); publish again",
            why);
      }
    }
    for (int slot = 0; slot < CHANNELS; slot++) {
      if (channels.compareAndSet(slot, channel, null)) {
        Connection connection = broker.current();
        if (!wholeConnection && connection != null && !closed) {
          openLater(connection, slot, REOPEN);
        }
      }
    }
  }

  private void suspect(Pending pending, boolean wholeConnection) {
    Connection connection = broker.current();
    if (!wholeConnection && suspects.add(pending.message().topic()) && connection != null) {
      openLater(connection, SUSPECT, Duration.ZERO);
    }
  }

  /** The broker names the exchange or queue, or the size, that it complains about. */
  private static boolean isAbout(String text, Outgoing message) {
    return text.contains("'" + message.topic() + "'")
        || (!message.exchange().isEmpty() && text.contains("'" + message.exchange() + "'"))
        || text.contains("message size " + message.body().length + " ");
  }

  private void giveUpOld() {
    long limit = System.nanoTime() - confirmTimeout.toNanos();
    for (int slot = 0; slot < CHANNELS; slot++) {
      PublishChannel channel = channels.get(slot);
      if (channel != null) {
        channel.takeSentBefore(limit).forEach(this::giveUp);
        if (channel.isRefusedFor(RENEW_REFUSED)) {
          renew(slot, channel);
        }
      }
    }
  }

  /**
   * Replaces a channel on which nothing is confirmed any more. A channel that was opened while a
   * quorum queue had no leader may refuse for ever (seen with RabbitMQ 3.10); a new one does not.
   */
  private void renew(int slot, PublishChannel refusing) {
    Connection connection = broker.current();
    if (connection != null && !closed) {
      openChannel(connection, slot);
      if (channels.get(slot) != refusing) {
        refusing.abort();
      }
    }
  }

  private void giveUp(Pending pending) {
    String alarm = blocked;
    String waited = "no confirm after " + confirmTimeout.toMillis() + " ms; it may arrive yet";
    if (alarm == null) {
      fail(pending, ErrorCode.TIMEOUT, waited, null);
    } else {
      fail(
          pending,
          ErrorCode.EXHAUSTED,
          waited + ": the broker takes no messages at present (" + alarm + ")",
          null);
    }
  }

  private void fail(Pending pending, ErrorCode code, String reason, @Nullable Throwable cause) {
    pending.completeExceptionally(
        new InboardException(code, label, pending.message().operation(), reason, cause));
  }

  /** Asks the broker for an answer. */
  CompletionStage<Void> ping() {
    if (closed) {
      return CompletableFuture.failedStage(
          new InboardException(ErrorCode.CANCELLED, label, "ping", "the component is closed"));
    }
    CompletableFuture<Void> answer = new CompletableFuture<>();
    try {
      tasks.execute(() -> ask(answer));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(
          new InboardException(ErrorCode.CANCELLED, label, "ping", "the component is closed", e));
    }
    return answer;
  }

  private void ask(CompletableFuture<Void> answer) {
    Connection connection = broker.current();
    Throwable why = broker.failure();
    String alarm = blocked;
    if (connection == null) {
      answer.completeExceptionally(
          why == null
              ? new InboardException(ErrorCode.UNAVAILABLE, label, "ping", "no connection")
              : RabbitMqErrors.wrap(label, "ping", why));
      return;
    }
    if (alarm != null) {
      answer.completeExceptionally(
          new InboardException(
              ErrorCode.EXHAUSTED, label, "ping", "the broker takes no messages: " + alarm));
      return;
    }
    try {
      Channel channel = connection.createChannel();
      if (channel != null) {
        channel.abort();
      }
      answer.complete(null);
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(RabbitMqErrors.wrap(label, "ping", e));
    }
  }

  /** Takes no more messages and waits, within limits, for the confirms that are due. */
  void drain() {
    closed = true;
    Duration wait = confirmTimeout.compareTo(LONGEST_DRAIN) < 0 ? confirmTimeout : LONGEST_DRAIN;
    long deadline = System.nanoTime() + wait.toNanos();
    while (isBusy() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private boolean isBusy() {
    for (int slot = 0; slot < CHANNELS; slot++) {
      PublishChannel channel = channels.get(slot);
      if (channel != null && !channel.isIdle()) {
        return true;
      }
    }
    return false;
  }
}
