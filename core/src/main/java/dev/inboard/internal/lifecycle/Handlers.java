package dev.inboard.internal.lifecycle;

import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.TopicSubscription;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/**
 * What the application does with what comes in.
 *
 * @param subscriptions those that code declares
 * @param named the handlers that subscriptions of resource files can name
 * @param bindings the handlers of input bindings, by the component's route, or else its name
 */
public record Handlers(
    List<CodeSubscription> subscriptions,
    Map<String, EventHandler<?>> named,
    Map<String, InputHandler> bindings) {

  /** A subscription to a topic of a component. */
  public record CodeSubscription(String pubsubName, TopicSubscription subscription) {}

  /**
   * The handler of an input binding.
   *
   * @param type what the data of events is decoded to
   */
  public record InputHandler(Type type, BindingHandler<?> handler, InputOptions options) {}
}
