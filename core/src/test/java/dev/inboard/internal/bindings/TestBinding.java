package dev.inboard.internal.bindings;

import dev.inboard.internal.json.Json;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.InboundRules;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** A binding of both directions that echoes what it is asked and delivers what a test gives it. */
final class TestBinding implements InputBindingDriver, OutputBindingDriver, DriverSubscription {
  private final AtomicInteger underWay = new AtomicInteger();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  int maxInFlight;
  private MessageReceiver receiver;
  private volatile boolean stopped;

  /** Opens a component around any driver. */
  static OpenedComponent<BindingDriver> opened(
      BindingDriver driver, String type, Map<String, String> metadata) {
    ComponentResource resource =
        new ComponentResource(
            "box",
            type,
            "v1",
            null,
            List.of(),
            null,
            List.of(),
            Duration.ofSeconds(5),
            false,
            new Origin("box.yaml", 1));
    return new OpenedComponent<>(resource, ComponentSpec.of("box", type, metadata), driver);
  }

  /** Lets everything through. */
  static InboundGate gate(ScheduledExecutorService timer) {
    return new InboundGate("box", () -> InboundRules.NONE, new Later(timer));
  }

  static RuntimeContext context(Executor handlers, ScheduledExecutorService timer) {
    return new RuntimeContext("app", null, Clock.systemUTC(), new Json(), handlers, timer);
  }

  /** Delivers an event and returns what becomes of it. */
  CompletableFuture<Settlement> deliver(byte[] body) {
    underWay.incrementAndGet();
    InboundMessage message =
        new InboundMessage("event-1", "box", body, null, Map.of("origin", "test"), 3);
    return receiver
        .receive(message)
        .toCompletableFuture()
        .whenComplete(
            (settlement, failure) -> {
              if (underWay.decrementAndGet() == 0 && stopped) {
                drained.complete(null);
              }
            });
  }

  @Override
  public Set<Feature> features() {
    return Set.of();
  }

  @Override
  public Set<String> operations() {
    return Set.of("echo", "nothing");
  }

  @Override
  public CompletionStage<Response> invoke(Request request) {
    return CompletableFuture.completedFuture(
        new Response(
            request.operation().equals("echo") ? request.data() : null, request.metadata()));
  }

  @Override
  public CompletionStage<DriverSubscription> read(int maxInFlight, MessageReceiver receiver) {
    this.maxInFlight = maxInFlight;
    this.receiver = receiver;
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> stop() {
    stopped = true;
    if (underWay.get() == 0) {
      drained.complete(null);
    }
    return drained;
  }

  @Override
  public void close() {}
}
