package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Durations;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One queue: {@code create} sends to it, the input side reads from it. */
final class RabbitMqBindingDriver implements InputBindingDriver, OutputBindingDriver {
  private static final Response DONE = new Response(null, Map.of());

  private final String label;
  private final Broker broker;
  private final QueueTopology queue;
  private final int prefetch;
  private final OutgoingProperties properties =
      new OutgoingProperties(OutgoingProperties.PERSISTENT);
  private final @Nullable Declaration declaration;

  private RabbitMqBindingDriver(String label, Broker broker, QueueTopology queue, int prefetch) {
    this.label = label;
    this.broker = broker;
    this.queue = queue;
    this.prefetch = prefetch;
    // An exclusive queue belongs to the connection that reads.
    this.declaration = queue.declared() && !queue.exclusive() ? new QueueDeclaration(queue) : null;
  }

  private record QueueDeclaration(QueueTopology queue) implements Declaration {
    @Override
    public String name() {
      return queue.queue();
    }

    @Override
    public boolean vanishes() {
      return queue.autoDelete();
    }

    @Override
    public void declare(Channel channel) throws IOException {
      channel.queueDeclareNoWait(
          queue.queue(), queue.durable(), false, queue.autoDelete(), queue.arguments());
    }
  }

  static RabbitMqBindingDriver open(
      ComponentSpec spec,
      ConnectionOptions options,
      QueueTopology queue,
      int prefetch,
      Duration confirmTimeout) {
    Broker broker = Broker.open(spec, options, true, confirmTimeout);
    try {
      broker.establish(queue);
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
    return new RabbitMqBindingDriver(spec.label(), broker, queue, prefetch);
  }

  @Override
  public Set<Feature> features() {
    return queue.durable() && !queue.autoDelete() && !queue.exclusive()
        ? Set.of(Feature.DURABLE)
        : Set.of();
  }

  @Override
  public Durability durability() { // a quorum queue keeps more, on as many machines as there are
    return features().isEmpty() ? Durability.MEMORY : Durability.OS_BUFFER;
  }

  @Override
  public CompletionStage<Void> ping() {
    return broker.publisher().ping();
  }

  @Override
  public Set<String> operations() {
    return Set.of("create");
  }

  @Override
  public CompletionStage<Response> invoke(Request request) {
    Outgoing outgoing;
    try {
      OutgoingProperties.Addressed addressed =
          properties.of(
              request.metadata(),
              OutgoingProperties.DEFAULT_CONTENT_TYPE,
              ttl(request.metadata()),
              true);
      outgoing =
          new Outgoing(
              queue.queue(),
              "",
              queue.queue(),
              addressed.properties(),
              request.data(),
              declaration,
              true);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedStage(
          RabbitMqErrors.wrap(label, "create in '" + queue.queue() + "'", e));
    }
    return broker.publisher().publish(outgoing).thenApply(done -> DONE);
  }

  private static @Nullable Duration ttl(Map<String, String> metadata) {
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      String name = entry.getKey();
      if (name.equalsIgnoreCase("ttlInSeconds") || name.equalsIgnoreCase("ttl")) {
        Duration ttl;
        try {
          ttl = Durations.parse(entry.getValue(), Duration.ofSeconds(1));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "metadata " + name + ": '" + entry.getValue() + "' " + e.getMessage(), e);
        }
        if (ttl.isNegative() || ttl.isZero()) {
          throw new IllegalArgumentException(
              "metadata " + name + ": '" + entry.getValue() + "' is not positive");
        }
        return ttl;
      }
    }
    return null;
  }

  @Override
  public CompletionStage<DriverSubscription> read(int maxInFlight, MessageReceiver receiver) {
    ConsumeOptions options =
        new ConsumeOptions(
            queue.queue(),
            maxInFlight,
            prefetch == 0 ? maxInFlight : prefetch,
            maxInFlight == 1,
            false,
            false,
            false);
    return broker.subscribe(
        "read from '" + queue.queue() + "'", receiver, () -> queue, topology -> options);
  }

  @Override
  public void close() {
    broker.close();
  }
}
