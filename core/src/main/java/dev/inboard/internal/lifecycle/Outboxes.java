package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.outbox.MarkerOutbox;
import dev.inboard.internal.outbox.OutboxRelay;
import dev.inboard.internal.outbox.StoredOutbox;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.internal.state.DefaultStateStore;
import dev.inboard.internal.state.StateOptions;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the state stores that ask for an outbox with what publishes their events. */
final class Outboxes {
  private static final Logger log = LoggerFactory.getLogger(Outboxes.class);
  private static final Duration SUBSCRIBE_LIMIT = Duration.ofSeconds(30);

  private final Components components;
  private final Facades facades;
  private final RuntimeContext context;
  private final Later later;
  private final Waiting waiting;
  private final String threadPrefix;
  private final List<OutboxRelay> relays = new ArrayList<>();
  private final List<MarkerOutbox> markers = new ArrayList<>();

  Outboxes(
      Components components,
      Facades facades,
      RuntimeContext context,
      Later later,
      Waiting waiting,
      String threadPrefix) {
    this.components = components;
    this.facades = facades;
    this.context = context;
    this.later = later;
    this.waiting = waiting;
    this.threadPrefix = threadPrefix;
  }

  /**
   * Connects.
   *
   * @throws InboardException {@code UNSUPPORTED} when a store cannot keep an outbox; {@code
   *     PERMISSION_DENIED} when its topic is forbidden
   */
  void connect() {
    for (Components.Open open : components.inOrder()) {
      if (open.block() == Block.STATE && StateOptions.hasOutbox(open.component().spec())) {
        connect(Facades.<StateStoreDriver>as(open.component()));
      }
    }
  }

  private void connect(OpenedComponent<StateStoreDriver> component) {
    ComponentSpec spec = component.spec();
    String topic = Objects.requireNonNull(spec.get(StateOptions.OUTBOX_PUBLISH_TOPIC));
    DefaultPubSub outer = pubSub(component, spec.get(StateOptions.OUTBOX_PUBLISH_PUBSUB));
    DefaultPubSub inner =
        spec.has(StateOptions.OUTBOX_PUBSUB)
            ? pubSub(component, spec.get(StateOptions.OUTBOX_PUBSUB))
            : outer;
    if (outer == null || inner == null) {
      return;
    }
    Object unused = outer.compose(topic, "", PublishOptions.DEFAULT); // fails when it is forbidden
    DefaultStateStore store = facades.store(spec.name());
    if (spec.get(StateOptions.OUTBOX_SCHEME).equals("dapr")) {
      require(component, Feature.TRANSACTIONAL);
      MarkerOutbox outbox =
          new MarkerOutbox(
              component,
              inner,
              spec.namespace() + spec.appId() + topic + "outbox",
              outer,
              topic,
              spec.get(StateOptions.OUTBOX_DISCARD),
              context.mapper());
      store.connect(outbox);
      markers.add(outbox);
    } else {
      require(component, Feature.OUTBOX);
      require(component, Feature.ETAG);
      require(component, Feature.TTL);
      OutboxRelay relay =
          new OutboxRelay(
              component,
              store,
              outer,
              store.prefix() + spec.appId(),
              later,
              context.clock(),
              threadPrefix + "outbox-" + spec.name());
      store.connect(new StoredOutbox(component, store, outer, topic, relay, context.clock()));
      relays.add(relay);
    }
  }

  private @Nullable DefaultPubSub pubSub(OpenedComponent<?> component, @Nullable String name) {
    DefaultPubSub pubSub = facades.pubSub(String.valueOf(name));
    if (pubSub == null) { // its name was checked, so that it could not be opened
      log.warn(
          "{}: no outbox, because the pub/sub component '{}' could not be opened; transactions will"
              + " fail",
          component.label(),
          name);
    }
    return pubSub;
  }

  private static void require(OpenedComponent<?> component, Feature feature) {
    if (!component.driver().features().contains(feature)) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component.label(),
          "start",
          "the component asks for an outbox, but lacks "
              + feature
              + "; choose another store, or take the fields outboxPublishPubsub and"
              + " outboxPublishTopic away"
              + (feature == Feature.OUTBOX ? ", or give it outboxScheme with the value dapr" : ""));
    }
  }

  /** Begins to publish. */
  void begin() {
    for (MarkerOutbox outbox : markers) {
      waiting.await(
          outbox.inner().start(outbox.subscription()),
          SUBSCRIBE_LIMIT,
          outbox.inner().name(),
          "subscribe to the outbox");
    }
    relays.forEach(OutboxRelay::start);
  }

  /** Ends; what waits is published after the next start. */
  void end(Duration limit) {
    relays.forEach(relay -> relay.stop(limit));
  }
}
