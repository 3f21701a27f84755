package dev.inboard.internal.lifecycle;

import dev.inboard.common.InboardException;
import dev.inboard.internal.bindings.Bindings;
import dev.inboard.internal.bindings.InputBindingReader;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.PubSub;
import dev.inboard.spi.bindings.BindingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What calls the application: subscriptions and input bindings. They begin last and end first. */
final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final Duration BEGIN_LIMIT = Duration.ofSeconds(30);

  private final Components components;
  private final Facades facades;
  private final RuntimeContext context;
  private final Waiting waiting;
  private final List<InputBindingReader> readers = new ArrayList<>();

  /** A subscription or an input binding that is to stand soon. */
  private record Beginning(
      Origin origin, String label, String operation, CompletableFuture<?> standing) {}

  Intake(Components components, Facades facades, RuntimeContext context, Waiting waiting) {
    this.components = components;
    this.facades = facades;
    this.context = context;
    this.waiting = waiting;
  }

  /**
   * Subscribes, all at the same time; then begins to read the bindings, all at the same time.
   *
   * @throws InboardException the code of the first that could not begin, with every failure in its
   *     text
   */
  void begin(List<SubscriptionPlan> subscriptions, Map<String, Handlers.InputHandler> bindings) {
    await(
        "subscription", subscriptions.stream().flatMap(plan -> subscribe(plan).stream()).toList());
    await(
        "input binding",
        components.inOrder().stream()
            .filter(open -> open.block() == Block.BINDINGS)
            .flatMap(open -> read(Facades.<BindingDriver>as(open.component()), bindings).stream())
            .toList());
  }

  private List<Beginning> subscribe(SubscriptionPlan plan) {
    OpenedComponent<?> component = components.find(Block.PUBSUB, plan.pubsubName());
    if (component == null) {
      log.warn(
          "no subscription to '{}' of '{}', because that component could not be opened",
          plan.subscription().topic(),
          plan.pubsubName());
      return List.of();
    }
    DefaultPubSub pubSub =
        (DefaultPubSub) facades.get(Block.PUBSUB, plan.pubsubName(), "subscribe", PubSub.class);
    return List.of(
        new Beginning(
            plan.origin(),
            component.label(),
            "subscribe to '" + plan.subscription().topic() + "'",
            start(() -> pubSub.start(plan))));
  }

  private List<Beginning> read(
      OpenedComponent<BindingDriver> component, Map<String, Handlers.InputHandler> handlers) {
    Handlers.InputHandler handler = handlers.get(Bindings.handlerName(component.spec()));
    if (handler == null) {
      if (Bindings.hasInput(component) && !Bindings.hasOutput(component)) {
        log.warn("{} brings events, but nobody handles them; they are not read", component.label());
      }
      return List.of();
    }
    return List.of(
        new Beginning(
            component.resource().origin(),
            component.label(),
            "read",
            start(
                () -> {
                  InputBindingReader reader =
                      Bindings.input(
                          component, handler.type(), handler.handler(), handler.options(), context);
                  readers.add(reader);
                  return reader.start();
                })));
  }

  private static CompletableFuture<?> start(Supplier<CompletionStage<?>> start) {
    try {
      return start.get().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void await(String noun, List<Beginning> beginnings) {
    List<InboardException> failures = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Beginning beginning : beginnings) {
      try {
        waiting.await(beginning.standing(), BEGIN_LIMIT, beginning.label(), beginning.operation());
      } catch (InboardException e) {
        failures.add(e);
        text.append("\n  ").append(beginning.origin()).append(": ").append(e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw Opening.failure(noun, "begin", text.toString(), failures);
    }
  }

  /**
   * Takes nothing more in, and waits for the handlers at work.
   *
   * @return whether all of them are done; false after the limit, or when this thread is
   *     interrupted, whose mark stays
   */
  boolean end(Duration limit) {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    facades.pubSubs().forEach(pubSub -> ends.add(pubSub.stop()));
    facades.configurations().forEach(configuration -> ends.add(configuration.stop()));
    readers.forEach(reader -> ends.add(reader.stop().toCompletableFuture()));
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      log.warn("a subscription ended with a failure", e.getCause());
      return true;
    }
  }

  /** Stops waiting for handlers: what they have not begun goes back to the brokers. */
  void abort() {
    facades.pubSubs().forEach(DefaultPubSub::abort);
  }
}
