package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.kafka.Backlog.Lanes;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the component's topics, and writes to its {@code publishTopic}. */
final class KafkaBindingDriver implements InputBindingDriver, OutputBindingDriver {
  private static final String CREATE = "create";

  private final String label;
  private final List<String> topics;
  private final @Nullable String publishTopic;
  private final KafkaConnection connection;
  private final KafkaPublisher publisher;
  private final KafkaInput input;
  private volatile boolean closed; // written by close()

  private KafkaBindingDriver(ComponentSpec spec, KafkaConnection connection) {
    this.label = spec.label();
    this.topics = spec.get(KafkaBindingProvider.TOPICS);
    this.publishTopic = spec.get(KafkaBindingProvider.PUBLISH_TOPIC);
    this.connection = connection;
    this.publisher = new KafkaPublisher(spec, connection);
    this.input = new KafkaInput(spec);
  }

  static KafkaBindingDriver open(ComponentSpec spec) {
    KafkaConnection connection = KafkaConnection.open(spec);
    try {
      return new KafkaBindingDriver(spec, connection);
    } catch (RuntimeException e) {
      connection.close();
      throw KafkaErrors.wrap(spec.label(), "open", e);
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public Set<String> operations() {
    return publishTopic == null ? Set.of() : Set.of(CREATE);
  }

  @Override
  public @Nullable Durability durability() {
    return connection.durability();
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed
        ? CompletableFuture.failedStage(
            error(ErrorCode.CANCELLED, "ping", "the component is closed"))
        : connection.ping();
  }

  @Override
  public CompletionStage<Response> invoke(Request request) {
    String topic = publishTopic;
    if (topic == null || !request.operation().equals(CREATE)) {
      return CompletableFuture.failedStage(
          error(
              ErrorCode.UNSUPPORTED,
              "invoke '" + request.operation() + "'",
              "it knows only 'create', and needs the field 'publishTopic' for that"));
    }
    return publisher
        .publish(topic, request.data(), request.metadata())
        .thenApply(done -> new Response(null, Map.of()));
  }

  @Override
  public CompletionStage<DriverSubscription> read(int maxInFlight, MessageReceiver receiver) {
    if (topics.isEmpty()) {
      return CompletableFuture.failedStage(
          error(
              ErrorCode.INVALID_ARGUMENT,
              "read",
              "the field 'topics' names none; add it, or 'direction: output'"));
    }
    return input.subscribe(
        topics, maxInFlight, maxInFlight == 1 ? Lanes.PER_PARTITION : Lanes.PER_KEY, receiver);
  }

  private InboardException error(ErrorCode code, String operation, String reason) {
    return new InboardException(code, label, operation, reason);
  }

  /** Takes no more events in, then sends what was accepted. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    input.close();
    publisher.close();
    connection.close();
  }
}
