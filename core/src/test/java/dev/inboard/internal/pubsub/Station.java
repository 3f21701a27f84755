package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.common.InboardException;
import dev.inboard.internal.json.Json;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.internal.resiliency.InboundRules;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.local.InMemoryPubSubProvider;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.Subscription;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * A component {@code bus} of the application {@code shop} with everything around it, for one test.
 */
final class Station implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00.750Z");

  /** Tries again twice, at once. */
  static final RetryPolicy TWICE = RetryPolicy.constant(2, Duration.ZERO);

  final Tap tap;
  final DefaultPubSub bus;
  final OpenedComponent<dev.inboard.spi.pubsub.PubSubDriver> component;
  final ObjectMapper mapper = Json.newMapper();

  volatile InboundRules rules = InboundRules.NONE;

  private final ComponentSpec spec;
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private Station(
      Map<String, String> given, Set<Feature> features, Clock clock, ExpressionEngine engine) {
    Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    metadata.putAll(Map.of("bus", UUID.randomUUID().toString(), "redeliverInterval", "20ms"));
    metadata.putAll(given);
    spec = new ComponentSpec("bus", "pubsub.in-memory", "v1", "shop", "space", metadata, clock);
    Origin origin = new Origin("bus.yaml", 1);
    List<MetadataItem> items =
        given.entrySet().stream()
            .<MetadataItem>map(
                entry -> new MetadataItem.Literal(entry.getKey(), entry.getValue(), origin))
            .toList();
    ComponentResource resource =
        new ComponentResource(
            "bus",
            spec.type(),
            "v1",
            null,
            items,
            null,
            List.of(),
            Duration.ofSeconds(5),
            false,
            origin);
    tap = newDriver(features);
    component = new OpenedComponent<>(resource, spec, tap);
    RuntimeContext context =
        new RuntimeContext("shop", "space", clock, new Json(mapper), handlers, timer);
    bus =
        new DefaultPubSub(
            component,
            context,
            new JsonCodec(mapper),
            engine,
            () -> rules,
            new Later(timer),
            store -> {
              throw new IllegalArgumentException(store);
            });
  }

  static Station open() {
    return open(Map.of());
  }

  static Station open(Map<String, String> metadata) {
    return open(metadata, Set.of(Feature.ORDER_PER_KEY, Feature.DELAYED_PUBLISH));
  }

  static Station open(Map<String, String> metadata, Set<Feature> features) {
    return new Station(metadata, features, Clock.systemUTC(), null);
  }

  /** The time stands still at {@link #NOON}, in a zone two hours east. */
  static Station atNoon(Feature... features) {
    return new Station(Map.of(), Set.of(features), Clock.fixed(NOON, ZoneOffset.ofHours(2)), null);
  }

  /** Conditions are written in the little language of the test. */
  static Station with(ExpressionEngine engine) {
    return new Station(Map.of(), Set.of(Feature.ORDER_PER_KEY), Clock.systemUTC(), engine);
  }

  /** Opens another driver on the same topics. */
  Tap newDriver(Set<Feature> features) {
    return new Tap(new InMemoryPubSubProvider().open(spec), features);
  }

  Subscription subscribe(TopicSubscription subscription) {
    return bus.subscribe(subscription);
  }

  /** A subscription that fails fast. */
  static <T> TopicSubscription orders(Class<T> type, MessageHandler<T> handler) {
    return TopicSubscription.to("orders", type, handler).withRetry(TWICE);
  }

  /** Subscribes to a topic and keeps what comes. */
  Received collect(String topic) {
    Received received = new Received();
    subscribe(TopicSubscription.to(topic, byte[].class, received::add));
    return received;
  }

  /** Publishes a body as somebody would who knows nothing of Inboard. */
  void publishBytes(String body, String contentType, Map<String, String> metadata) {
    bus.publish(
        "orders",
        body.getBytes(UTF_8),
        PublishOptions.RAW.withContentType(contentType).withMetadata(metadata));
  }

  void publishBytes(String body) {
    publishBytes(body, "application/json", Map.of());
  }

  /** Returns the JSON of the last published message. */
  JsonNode lastEnvelope() {
    try {
      return mapper.readTree(tap.published.get(tap.published.size() - 1).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(assertion);
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** A handler that does nothing. */
  static <T> MessageHandler<T> ignoring() {
    return event -> Outcome.SUCCESS;
  }

  @Override
  public void close() {
    CompletableFuture<Void> stopped = bus.stop();
    try {
      stopped.get(5, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      bus.abort();
    }
    component.driver().close();
    handlers.shutdownNow();
    timer.shutdownNow();
  }
}
