package dev.inboard.internal.lifecycle;

import dev.inboard.Codec;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.internal.bindings.Bindings;
import dev.inboard.internal.configuration.DefaultConfigurationStore;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.internal.lock.DefaultLockStore;
import dev.inboard.internal.pubsub.DefaultPubSub;
import dev.inboard.internal.resiliency.Resiliency;
import dev.inboard.internal.resources.ConfigurationResource;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.internal.secrets.DefaultSecretStore;
import dev.inboard.internal.state.DefaultStateStore;
import dev.inboard.spi.Driver;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the application calls: a building block over every open component. For many readers after
 * one writer.
 */
final class Facades {
  private final Components components;
  private final RuntimeContext context;
  private final Codecs codecs;
  private final ConfigurationResource configuration;
  private final @Nullable ExpressionEngine expressions;
  private final Resiliency resiliency;
  private final Codec json;
  private final Map<String, Object> byName = new ConcurrentHashMap<>();

  /** Has no building block yet. */
  Facades(
      Components components,
      RuntimeContext context,
      Codecs codecs,
      ConfigurationResource configuration,
      @Nullable ExpressionEngine expressions,
      Resiliency resiliency) {
    this.components = components;
    this.context = context;
    this.codecs = codecs;
    this.configuration = configuration;
    this.expressions = expressions;
    this.resiliency = resiliency;
    this.json = new JsonCodec(context.json());
  }

  /** Puts a building block over every open component. */
  void addAll() {
    for (Components.Open open : components.inOrder()) {
      add(open);
    }
  }

  /** Puts a building block over an open component. */
  void add(Components.Open open) {
    OpenedComponent<?> component = open.component();
    String name = component.spec().name();
    Codec codec = codecs.of(name, json);
    resiliency.guard(open.block().category(), component);
    switch (open.block()) {
      case STATE ->
          byName.put(
              name, new DefaultStateStore(Facades.<StateStoreDriver>as(component), context, codec));
      case PUBSUB ->
          byName.put(
              name,
              new DefaultPubSub(
                  Facades.<PubSubDriver>as(component),
                  context,
                  codec,
                  expressions,
                  resiliency.inbound(open.block().category(), component),
                  resiliency.later(),
                  store -> store(store).marks()));
      case SECRETS ->
          byName.put(
              name,
              new DefaultSecretStore(
                  Facades.<SecretStoreDriver>as(component),
                  configuration.secretScope(name),
                  context));
      case LOCK ->
          byName.put(name, new DefaultLockStore(Facades.<LockDriver>as(component), context));
      case CONFIGURATION ->
          byName.put(
              name,
              new DefaultConfigurationStore(Facades.<ConfigurationDriver>as(component), context));
      case BINDINGS -> {
        OpenedComponent<BindingDriver> binding = Facades.<BindingDriver>as(component);
        if (Bindings.hasOutput(binding)) {
          byName.put(name, Bindings.output(binding, context));
        }
      }
      case WORKFLOWS -> {} // one engine stands on it, which is no matter of names
    }
  }

  /** Returns the building block over a component, or null. */
  @Nullable Object find(String name) {
    return byName.get(name);
  }

  /** Takes the building block over a component away. */
  void remove(String name) {
    byName.remove(name);
  }

  /** Gives an open component the type that its block's providers open. */
  @SuppressWarnings("unchecked") // the driver is what the provider of the block opened
  static <D extends Driver> OpenedComponent<D> as(OpenedComponent<?> component) {
    return (OpenedComponent<D>) component;
  }

  /**
   * Returns the building block over a component.
   *
   * @param verb what the application called, for the error when there is none
   */
  <T> T get(Block block, String name, String verb, Class<T> type) {
    Object facade = byName.get(name);
    if (type.isInstance(facade)) {
      return type.cast(facade);
    }
    throw components.missing(block, name, verb);
  }

  /** Returns the output side of a binding. */
  OutputBinding binding(String name) {
    OpenedComponent<?> component = components.find(Block.BINDINGS, name);
    return component == null || byName.containsKey(name)
        ? get(Block.BINDINGS, name, "binding", OutputBinding.class)
        : Bindings.output(Facades.<BindingDriver>as(component), context); // says why there is none
  }

  /** Returns a state store; throws when there is none of the name. */
  DefaultStateStore store(String name) {
    return get(Block.STATE, name, "stateStore", DefaultStateStore.class);
  }

  /** Returns a pub/sub component, or null. */
  @Nullable DefaultPubSub pubSub(String name) {
    return byName.get(name) instanceof DefaultPubSub pubSub ? pubSub : null;
  }

  /** Returns every pub/sub component. */
  List<DefaultPubSub> pubSubs() {
    return all(DefaultPubSub.class);
  }

  /** Returns every configuration store. */
  List<DefaultConfigurationStore> configurations() {
    return all(DefaultConfigurationStore.class);
  }

  private <T> List<T> all(Class<T> type) {
    return byName.values().stream().filter(type::isInstance).map(type::cast).toList();
  }
}
