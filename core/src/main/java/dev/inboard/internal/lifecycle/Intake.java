package dev.inboard.internal.lifecycle;

import dev.inboard.common.InboardException;
import dev.inboard.internal.bindings.Bindings;
import dev.inboard.internal.bindings.InputBindingReader;
import dev.inboard.internal.configuration.DefaultConfigurationStore;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.Resiliency;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.Subscription;
import dev.inboard.spi.bindings.BindingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
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
  private final Resiliency resiliency;
  private final Waiting waiting;
  private final Map<OpenedComponent<?>, Reading> readings = new ConcurrentHashMap<>();

  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

  /** A subscription or an input binding that is to stand soon. */
  private record Beginning(
      Origin origin, String label, String operation, CompletableFuture<?> standing) {}

  /** Who reads an input binding now, and what was left behind by those who did before. */
  private record Reading(
      Handlers.InputHandler handler, InputBindingReader reader, CompletableFuture<Void> drained) {
    CompletableFuture<Void> stop() {
      return CompletableFuture.allOf(settled(reader), drained);
    }

    static CompletableFuture<Void> settled(InputBindingReader reader) {
      return reader.stop().<Void>handle((done, failure) -> null).toCompletableFuture();
    }
  }

  Intake(
      Components components,
      Facades facades,
      RuntimeContext context,
      Resiliency resiliency,
      Waiting waiting) {
    this.resiliency = resiliency;
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
  void begin(List<SubscriptionPlan> plans, Map<String, Handlers.InputHandler> bindings) {
    List<Beginning> subscribing = new ArrayList<>();
    for (SubscriptionPlan plan : plans) {
      subscribing.addAll(begun(plan));
    }
    await("subscription", subscribing);
    List<Beginning> reading = new ArrayList<>();
    for (Components.Open open : components.inOrder()) {
      if (open.block() == Block.BINDINGS) {
        reading.addAll(read(Facades.<BindingDriver>as(open.component()), bindings));
      }
    }
    await("input binding", reading);
  }

  private List<Beginning> begun(SubscriptionPlan plan) {
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
            start(() -> pubSub.start(plan).thenAccept(made -> stands(plan, made)))));
  }

  /** Returns what there is one subscription for: a topic of a component. */
  static String key(SubscriptionPlan plan) {
    return key(plan.pubsubName(), plan.subscription().topic());
  }

  static String key(String pubsubName, String topic) {
    return pubsubName + "\n" + topic;
  }

  private void stands(SubscriptionPlan plan, Subscription made) {
    Subscription before = subscriptions.put(key(plan), made);
    if (before != null) {
      end(before);
    }
  }

  /** Takes nothing more from a subscription; what is under way is settled elsewhere. */
  private void end(Subscription subscription) {
    try {
      context.handlers().execute(subscription::close); // it waits for handlers
    } catch (RejectedExecutionException e) { // the runtime is closing, and ends all of them
      log.debug("the subscription to '{}' ends with the runtime", subscription.topic());
    }
  }

  /** Says whether something is subscribed to. */
  boolean isStanding(String key) {
    return subscriptions.containsKey(key);
  }

  /**
   * Subscribes; a subscription to the same topic of the same component ends when this one stands.
   */
  void subscribe(SubscriptionPlan plan) {
    await("subscription", begun(plan));
  }

  /** Ends the subscriptions that were begun here, except these. */
  void keepOnly(Set<String> keys) {
    subscriptions.forEach(
        (key, subscription) -> {
          if (!keys.contains(key) && subscriptions.remove(key, subscription)) {
            end(subscription);
          }
        });
  }

  /** Begins to read what a component brings that was added. */
  void read(Components.Open open, Map<String, Handlers.InputHandler> handlers) {
    if (open.block() == Block.BINDINGS) {
      await("input binding", read(Facades.<BindingDriver>as(open.component()), handlers));
    }
  }

  /** Takes nothing more from a component; completes when nothing is under way, and never fails. */
  CompletableFuture<Void> end(OpenedComponent<?> component) {
    String name = component.spec().name();
    List<CompletableFuture<?>> ends = new ArrayList<>();
    if (facades.find(name) instanceof DefaultPubSub pubSub) {
      subscriptions.keySet().removeIf(key -> key.startsWith(key(name, "")));
      ends.add(pubSub.stop());
    }
    if (facades.find(name) instanceof DefaultConfigurationStore configuration) {
      ends.add(configuration.stop());
    }
    Reading reading = readings.remove(component);
    if (reading != null) {
      ends.add(reading.stop());
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
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
                  InputBindingReader reader = reader(component, handler);
                  readings.put(
                      component,
                      new Reading(handler, reader, CompletableFuture.completedFuture(null)));
                  return reader.start();
                })));
  }

  private InputBindingReader reader(
      OpenedComponent<BindingDriver> component, Handlers.InputHandler handler) {
    return Bindings.input(
        component,
        handler.type(),
        handler.handler(),
        handler.options(),
        context,
        new InboundGate(
            component.label(),
            resiliency.inbound(Block.BINDINGS.category(), component),
            resiliency.later()));
  }

  /**
   * Lets what a component brings come from the driver that is in charge of it now.
   *
   * @throws InboardException when that one does not begin in time; the one before still brings
   */
  void move(OpenedComponent<?> component) {
    moveSubscriptions(component);
    Reading before = readings.get(component);
    if (before != null) {
      InputBindingReader reader = reader(Facades.<BindingDriver>as(component), before.handler());
      try {
        waiting.await(
            start(reader::start).thenApply(begun -> true),
            BEGIN_LIMIT,
            component.label(),
            "read again");
      } catch (InboardException e) {
        CompletableFuture<Void> unused = Reading.settled(reader);
        throw e;
      }
      readings.put(component, new Reading(before.handler(), reader, before.stop()));
    }
  }

  /**
   * Lets subscriptions stand at the driver that is in charge of a component now. A binding is not
   * touched: when it could not move, it is read where it was.
   *
   * @throws InboardException when one of them does not stand in time
   */
  void moveSubscriptions(OpenedComponent<?> component) {
    Object facade = facades.find(component.spec().name());
    if (facade instanceof DefaultPubSub pubSub) {
      waiting.await(pubSub.driverReplaced(), BEGIN_LIMIT, component.label(), "subscribe again");
    }
    if (facade instanceof DefaultConfigurationStore configuration) {
      waiting.await(
          configuration.driverReplaced().thenApply(done -> true),
          BEGIN_LIMIT,
          component.label(),
          "subscribe again");
    }
  }

  /** Completes when nothing is under way on drivers that a component had before; never fails. */
  CompletableFuture<Void> drained(OpenedComponent<?> component) {
    if (facades.find(component.spec().name()) instanceof DefaultPubSub pubSub) {
      return pubSub.drained();
    }
    Reading reading = readings.get(component);
    return reading == null ? CompletableFuture.completedFuture(null) : reading.drained();
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
    readings.values().forEach(reading -> ends.add(reading.stop()));
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
