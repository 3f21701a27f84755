package dev.inboard.internal.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.state.TransactionOutbox;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.state.JointStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import dev.inboard.state.StateChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox as a sidecar has it: an event is announced on a topic inside the application, the
 * transaction leaves a marker, and who reads the announcement publishes the event when it finds the
 * marker. Sidecars and runtimes of one application can do it together.
 */
public final class MarkerOutbox implements TransactionOutbox {
  private static final Logger log = LoggerFactory.getLogger(MarkerOutbox.class);
  private static final String ENVELOPE = "application/cloudevents+json";
  private static final byte[] MARK = "0".getBytes(UTF_8);
  private static final long PATIENCE_MILLIS = 10_000;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final OpenedComponent<StateStoreDriver> component;
  private final Events events;
  private final DefaultPubSub inner;
  private final String innerTopic;
  private final DefaultPubSub outer;
  private final String outerTopic;
  private final boolean discards;
  private final ObjectMapper mapper;

  /**
   * Prepares.
   *
   * @param inner carries the announcements
   * @param innerTopic as Dapr names it
   * @param outer publishes the events
   * @param discards whether announcements without a marker are dropped
   */
  public MarkerOutbox(
      OpenedComponent<StateStoreDriver> component,
      DefaultPubSub inner,
      String innerTopic,
      DefaultPubSub outer,
      String outerTopic,
      boolean discards,
      ObjectMapper mapper) {
    this.component = component;
    this.events = new Events(component.label(), outer, outerTopic);
    this.inner = inner;
    this.innerTopic = innerTopic;
    this.outer = outer;
    this.outerTopic = outerTopic;
    this.discards = discards;
    this.mapper = mapper;
  }

  @Override
  public Prepared prepare(List<? extends StateChange> changes) {
    List<Events.Ready> ready = events.of(changes);
    return new Prepared() {
      @Override
      public CompletionStage<List<@Nullable String>> transact(
          StateStoreDriver driver, List<StateOperation> writes) {
        return MarkerOutbox.this.transact((TransactionalStateStoreDriver) driver, writes, ready);
      }

      @Override
      public void join(
          JointStateStoreDriver driver, JointTransaction transaction, List<StateOperation> writes) {
        if (!ready.isEmpty()) {
          throw new InboardException(
              ErrorCode.UNSUPPORTED,
              component.label(),
              "transaction",
              "with outboxScheme dapr an event is announced before the transaction; give the"
                  + " component outboxScheme with the value inboard");
        }
        driver.write(transaction, writes, "", List.of());
      }

      @Override
      public void committed() {}
    };
  }

  private CompletionStage<List<@Nullable String>> transact(
      TransactionalStateStoreDriver driver, List<StateOperation> writes, List<Events.Ready> ready) {
    if (ready.isEmpty()) {
      return driver.transact(writes);
    }
    List<CompletableFuture<?>> announced = new ArrayList<>();
    List<StateOperation> all = new ArrayList<>(writes);
    for (Events.Ready event : ready) {
      announced.add(inner.send(announcement(event)));
      all.add(StateOperation.Set.of(event.id(), MARK));
    }
    return CompletableFuture.allOf(announced.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> driver.transact(all))
        .thenApply(etags -> etags.subList(0, writes.size()));
  }

  private OutboundMessage announcement(Events.Ready event) {
    return new OutboundMessage(
        inner.atBroker(innerTopic), event.message().body(), ENVELOPE, headers(event), null, null);
  }

  private static Map<String, String> headers(Events.Ready event) {
    String traceparent = event.trace().traceparent();
    return traceparent == null
        ? Map.of("partitionKey", event.key())
        : Map.of("partitionKey", event.key(), "traceparent", traceparent);
  }

  /** Returns the subscription that reads the announcements. */
  public SubscriptionPlan subscription() {
    return new SubscriptionPlan(
        inner.name(),
        TopicSubscription.to(innerTopic, byte[].class, this::relay).withRawBodies(),
        List.of(),
        new Origin("outbox of " + component.label(), 0));
  }

  /** Returns the component that carries the announcements. */
  public DefaultPubSub inner() {
    return inner;
  }

  private Outcome relay(Event<byte[]> announcement) throws InterruptedException {
    byte[] body = announcement.body();
    String id = idOf(body);
    if (id == null) {
      log.error(
          "{}: outbox: the message {} on '{}' is no event; it is dropped",
          component.label(),
          announcement.id(),
          innerTopic);
      return Outcome.DROP;
    }
    if (!isMarked(id)) {
      if (discards) {
        log.warn(
            "{}: outbox: the transaction of event {} never committed; the event is dropped, as"
                + " outboxDiscardWhenMissingState says",
            component.label(),
            id);
      }
      return discards ? Outcome.SUCCESS : Outcome.RETRY;
    }
    await(outer.send(outer.compose(outerTopic, body, options(announcement))));
    await(component.driver().delete(StateOperation.Delete.of(id)));
    return Outcome.SUCCESS;
  }

  /** Keeps the key, so that the events of one key stay in order where the broker has keys. */
  private static PublishOptions options(Event<byte[]> announcement) {
    String key = announcement.metadata().get("partitionKey");
    PublishOptions options = PublishOptions.DEFAULT.withContentType(ENVELOPE);
    return key == null ? options : options.withKey(key);
  }

  private @Nullable String idOf(byte[] body) {
    try {
      String id = mapper.readTree(body).path("id").asText("");
      return id.isEmpty() ? null : id;
    } catch (IOException e) {
      return null;
    }
  }

  private boolean isMarked(String id) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    for (long pause = 5; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      StoredValue marker = await(component.driver().get(id));
      if (marker != null) {
        return true;
      }
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(pause);
    }
  }

  private static <T extends @Nullable Object> T await(CompletionStage<T> stage)
      throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + PATIENCE_MILLIS + " ms", e);
    }
  }
}
