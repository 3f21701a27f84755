package dev.inboard.internal.pubsub;

import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resiliency.InboundGate;
import dev.inboard.internal.resiliency.InboundRules;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.internal.state.InboxMarks;
import dev.inboard.pubsub.AsyncPubSub;
import dev.inboard.pubsub.BulkPublishEntry;
import dev.inboard.pubsub.BulkPublishResult;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.Publication;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.Subscription;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.Feature;
import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One publish/subscribe component: what the application holds, and what the runtime starts and
 * stops.
 *
 * <p>Safe for use by many threads.
 */
public final class DefaultPubSub implements PubSub {
  private final OpenedComponent<PubSubDriver> component;
  private final RuntimeContext context;
  private final Codec codec;
  private final @Nullable ExpressionEngine expressions;
  private final DriverCalls<PubSubDriver> calls; // to publish
  private final DriverCalls<PubSubDriver> control; // to subscribe, and for bulks of single calls
  private final Supplier<InboundRules> inbound;
  private final Later later;
  private final Function<String, InboxMarks> inboxes;
  private final Derived<PubSubDriver, Topics> topics;
  private final AsyncPubSub async;
  private final Set<RunningSubscription> subscriptions = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped; // set once

  /**
   * Serves a component.
   *
   * @param codec encodes and decodes data
   * @param expressions compiles the conditions of subscriptions that are added at run time; null:
   *     there is none on the class path
   * @param inbound the rules of the handlers, asked for afresh for every message
   * @param later wakes up what waits for these rules
   * @param inboxes finds the inbox in a state store; throws when there is no such store
   */
  public DefaultPubSub(
      OpenedComponent<PubSubDriver> component,
      RuntimeContext context,
      Codec codec,
      @Nullable ExpressionEngine expressions,
      Supplier<InboundRules> inbound,
      Later later,
      Function<String, InboxMarks> inboxes) {
    this.inboxes = inboxes;
    this.component = component;
    this.context = context;
    this.codec = codec;
    this.expressions = expressions;
    this.calls = new DriverCalls<>(component);
    this.control = DriverCalls.withoutPolicy(component);
    this.inbound = inbound;
    this.later = later;
    this.topics = new Derived<>(component, serving -> topics(component, context, codec, serving));
    this.async = new DefaultAsyncPubSub(this);
  }

  /** What the fields of the component say about its topics. */
  private record Topics(TopicNames names, TopicAccess access, OutboundEvents events) {}

  private static Topics topics(
      OpenedComponent<PubSubDriver> component,
      RuntimeContext context,
      Codec codec,
      OpenedComponent.Serving<PubSubDriver> serving) {
    TopicNames names = TopicNames.of(serving.resource(), serving.spec());
    TopicAccess access = new TopicAccess(serving.spec());
    return new Topics(names, access, new OutboundEvents(component, context, codec, names, access));
  }

  @Override
  public String name() {
    return component.spec().name();
  }

  @Override
  public void publish(String topic, Object data) {
    publish(topic, data, PublishOptions.DEFAULT);
  }

  @Override
  public void publish(String topic, Object data, PublishOptions options) {
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry == null) {
      calls.await(publishing(topic, data, options));
      return;
    }
    Observation observation = telemetry.publish(String.valueOf(topic));
    calls.await(observation, () -> publishing(topic, data, observation, options));
  }

  CompletableFuture<@Nullable Void> publishAsync(
      String topic, Object data, PublishOptions options) {
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry == null) {
      return calls.start(() -> publishing(topic, data, options));
    }
    Observation observation = telemetry.publish(String.valueOf(topic));
    return calls.start(observation, () -> publishing(topic, data, observation, options));
  }

  private Request<PubSubDriver, @Nullable Void, @Nullable Void> publishing(
      String topic, Object data, Observation observation, PublishOptions options) {
    return publishing(topic, data, Traces.carriedBy(options, observation.context()));
  }

  private Request<PubSubDriver, @Nullable Void, @Nullable Void> publishing(
      String topic, Object data, PublishOptions options) {
    OutboundMessage message = topics.get().events().compose(topic, data, options);
    return new Request<>(
        "publish to", topic, driver -> driver.publish(message), Function.identity());
  }

  /**
   * Makes the message that {@link #publish} would send.
   *
   * @throws InboardException as publishing does when the event cannot be published
   */
  public OutboundMessage compose(String topic, Object data, PublishOptions options) {
    return topics.get().events().compose(topic, data, options);
  }

  /** Returns a topic of the application as the broker knows it. */
  public String atBroker(String topic) {
    return topics.get().names().atBroker(topic);
  }

  /** Lets an event that is made now and sent later carry what the caller does. */
  public PublishOptions created(String topic, PublishOptions options) {
    ComponentTelemetry telemetry = component.telemetry();
    return telemetry == null ? options : Traces.carriedBy(options, telemetry.create(topic));
  }

  /** Sends a message that was made before, as part of what the caller does. */
  public CompletableFuture<@Nullable Void> send(OutboundMessage message) {
    return send(message, ComponentTelemetry::publish);
  }

  /**
   * Sends a message that was made before.
   *
   * @param origin what its making was a part of
   */
  public CompletableFuture<@Nullable Void> send(OutboundMessage message, TraceContext origin) {
    return send(message, (telemetry, topic) -> telemetry.publish(topic, origin));
  }

  private CompletableFuture<@Nullable Void> send(
      OutboundMessage message, BiFunction<ComponentTelemetry, String, Observation> observe) {
    Supplier<Request<PubSubDriver, @Nullable Void, @Nullable Void>> request =
        () ->
            new Request<>(
                "publish to",
                message.topic(),
                driver -> driver.publish(message),
                Function.identity());
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry == null) {
      return calls.start(request);
    }
    String topic = topics.get().names().inApplication(message.topic());
    return calls.start(observe.apply(telemetry, topic), request);
  }

  @Override
  public BulkPublishResult publishBulk(String topic, List<BulkPublishEntry> entries) {
    return publishBulk(topic, entries, PublishOptions.DEFAULT);
  }

  @Override
  public BulkPublishResult publishBulk(
      String topic, List<BulkPublishEntry> entries, PublishOptions options) {
    return control.await(publishingAll(topic, entries, options));
  }

  CompletableFuture<BulkPublishResult> publishBulkAsync(
      String topic, List<BulkPublishEntry> entries, PublishOptions options) {
    return control.start(() -> publishingAll(topic, entries, options));
  }

  private Request<PubSubDriver, BulkPublishResult, BulkPublishResult> publishingAll(
      String topic, List<BulkPublishEntry> entries, PublishOptions options) {
    BulkPublish bulk = new BulkPublish(component.label(), topic, entries, options);
    return new Request<>(
        "publish to", topic, driver -> bulk.start(this, component.telemetry()), result -> result);
  }

  @Override
  public void publishTogether(List<Publication> events) {
    ComponentTelemetry telemetry = component.telemetry();
    if (events.isEmpty()) {
      return;
    } else if (telemetry == null) {
      calls.await(publishingTogether(events));
      return;
    }
    Together observed = Together.begin(telemetry, events);
    calls.await(observed, () -> publishingTogether(observed.carrying(events)));
  }

  CompletableFuture<@Nullable Void> publishTogetherAsync(List<Publication> events) {
    ComponentTelemetry telemetry = component.telemetry();
    if (events.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    } else if (telemetry == null) {
      return calls.start(() -> publishingTogether(events));
    }
    Together observed = Together.begin(telemetry, events);
    return calls.start(observed, () -> publishingTogether(observed.carrying(events)));
  }

  private Request<PubSubDriver, @Nullable Void, @Nullable Void> publishingTogether(
      List<Publication> events) {
    OutboundEvents outbound = topics.get().events();
    List<OutboundMessage> messages =
        events.stream()
            .map(event -> outbound.compose(event.topic(), event.data(), event.options()))
            .toList();
    return new Request<>(
        "publish to",
        events.stream().map(Publication::topic).distinct().collect(Collectors.joining("', '")),
        driver -> publishTogether(driver, messages),
        Function.identity());
  }

  private CompletionStage<Void> publishTogether(
      PubSubDriver driver, List<OutboundMessage> messages) {
    if (driver instanceof TransactionalPubSubDriver transactional
        && driver.features().contains(Feature.TRANSACTIONAL_PUBLISH)) {
      return transactional.publishTogether(messages);
    }
    throw new InboardException(
        ErrorCode.UNSUPPORTED,
        component.label(),
        "publish together",
        "the broker has no transactions; publish the events one by one, or write them with the"
            + " state that they tell of by an outbox");
  }

  @Override
  public <T> Subscription subscribe(String topic, Class<T> type, MessageHandler<T> handler) {
    return subscribe(TopicSubscription.to(topic, type, handler));
  }

  @Override
  public Subscription subscribe(TopicSubscription subscription) {
    SubscriptionPlan plan = planned(subscription);
    return control.await(
        new Request<>(
            "subscribe to", subscription.topic(), driver -> start(plan), Function.identity()));
  }

  CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription) {
    try {
      return start(planned(subscription));
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private SubscriptionPlan planned(TopicSubscription subscription) {
    List<Problem> problems = new ArrayList<>();
    SubscriptionPlan plan =
        new RouteCompiler(expressions, problems::add)
            .compile(name(), subscription, new Origin("subscribe", 0));
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          component.label(),
          "subscribe to '" + subscription.topic() + "'",
          problems.get(0).what() + "; " + problems.get(0).cure());
    }
    return plan;
  }

  @Override
  public AsyncPubSub async() {
    return async;
  }

  /**
   * Starts a subscription; completes when it stands.
   *
   * @throws InboardException {@code PERMISSION_DENIED} when the component's scopes forbid its
   *     topic, or its dead letter topic; {@code CANCELLED} after {@link #stop}
   */
  public CompletableFuture<Subscription> start(SubscriptionPlan plan) {
    RunningSubscription subscription = open(plan);
    CompletableFuture<Subscription> standing = subscription.connect();
    var unused =
        standing.whenComplete(
            (made, failure) -> {
              if (failure != null) {
                subscriptions.remove(subscription);
              }
            });
    return standing;
  }

  private RunningSubscription open(SubscriptionPlan plan) {
    String topic = plan.subscription().topic();
    String deadLetterTopic = plan.subscription().deadLetterTopic();
    Topics current = topics.get();
    TopicNames names = current.names();
    current.access().checkSubscribe(topic);
    if (deadLetterTopic != null) {
      current.access().checkPublish(deadLetterTopic);
    }
    DeadLetters deadLetters =
        deadLetterTopic == null
            ? null
            : new DeadLetters(calls, name(), names.atBroker(deadLetterTopic));
    Workers workers = new Workers(context.handlers(), context.timer(), plan.concurrency());
    String label = component.label() + ": topic '" + topic + "'";
    Endings endings = new Endings(deadLetters, label, topic, component);
    InboundGate gate = new InboundGate(label, inbound, later);
    InboundPath path =
        new InboundPath(
            plan,
            context,
            component,
            codec,
            names,
            workers,
            endings,
            gate,
            inbox(plan.subscription()));
    RunningSubscription subscription =
        new RunningSubscription(
            topic,
            plan.specFor(names.atBroker(topic)),
            component,
            control,
            workers,
            path,
            receiver(plan, path, workers),
            subscriptions::remove);
    subscriptions.add(subscription);
    if (stopped) {
      subscriptions.remove(subscription);
      throw new InboardException(
          ErrorCode.CANCELLED,
          component.label(),
          "subscribe to '" + topic + "'",
          "the runtime is closing");
    }
    return subscription;
  }

  private @Nullable Inboxed inbox(TopicSubscription subscription) {
    return subscription.inbox() == null
        ? null
        : Inboxed.of(
            subscription.inbox(),
            inboxes.apply(subscription.inbox().stateStore()),
            name() + "/" + subscription.topic());
  }

  private MessageReceiver receiver(SubscriptionPlan plan, InboundPath path, Workers workers) {
    if (plan.isBulk()) {
      TopicSubscription batches = plan.subscription();
      return new BatchReceiver(
          path, workers, context.timer(), batches.maxMessages(), batches.maxWait());
    }
    return message -> {
      Delivery delivery = new Delivery(path, message);
      workers.submit(delivery);
      return delivery;
    };
  }

  /**
   * Moves every subscription to the driver in charge. To be called after another one was put in
   * charge, and before the old one is closed.
   *
   * @return completes when all of them stand, and fails when one cannot be made: then put the old
   *     one in charge again and repeat the call; the messages under way are then still being
   *     settled with the old driver
   */
  public CompletableFuture<Void> driverReplaced() {
    return CompletableFuture.allOf(
        subscriptions.stream().map(RunningSubscription::connect).toArray(CompletableFuture[]::new));
  }

  /**
   * Returns what completes when no driver that was replaced has a message under way any more; never
   * fails.
   */
  public CompletableFuture<Void> drained() {
    return CompletableFuture.allOf(
        subscriptions.stream().map(RunningSubscription::drained).toArray(CompletableFuture[]::new));
  }

  /**
   * Ends the intake of messages, for good. Publishing goes on, so that handlers under way can still
   * do it.
   *
   * @return completes when every message under way is settled; never fails
   */
  public CompletableFuture<Void> stop() {
    stopped = true;
    return CompletableFuture.allOf(
        subscriptions.stream().map(RunningSubscription::stop).toArray(CompletableFuture[]::new));
  }

  /**
   * Stops waiting for handlers: interrupts them, and gives what they have not begun back to the
   * broker.
   */
  public void abort() {
    subscriptions.forEach(RunningSubscription::abort);
  }
}
