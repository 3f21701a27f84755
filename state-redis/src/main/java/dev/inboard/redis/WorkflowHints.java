package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.HintListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what the scripts of all nodes publish about instances. */
final class WorkflowHints {
  private static final Logger LOG = LoggerFactory.getLogger(WorkflowHints.class);

  private final String label;
  private final RedisConnections client;
  private final String channel;
  private final List<HintListener> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> ignored = ConcurrentHashMap.newKeySet();
  private @Nullable CompletableFuture<Void> subscribed; // guarded by this

  WorkflowHints(String label, RedisConnections client, String prefix) {
    this.label = label;
    this.client = client;
    this.channel = prefix + ":hints";
  }

  /** Keeps hints back that come of a node's own turns. */
  void ignore(String node) {
    ignored.add(node);
  }

  /** Passes hints on from soon on. Without them the engine's own polling must do. */
  synchronized void watch(HintListener listener) {
    listeners.add(listener);
    if (subscribed == null) {
      subscribed =
          CompletableFuture.runAsync(this::subscribe) // it blocks
              .exceptionally(
                  failure -> {
                    LOG.warn("{}: no hints from other nodes, only polling", label, failure);
                    return null;
                  });
    }
  }

  private void subscribe() {
    StatefulRedisPubSubConnection<String, byte[]> connection = client.connectPubSub();
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String from, byte[] bytes) {
            WorkflowReplies.Named hint = WorkflowReplies.named(bytes);
            if (!ignored.contains(hint.name())) {
              String instance = new String(hint.rest(), UTF_8);
              listeners.forEach(listener -> listener.hint(instance));
            }
          }
        });
    connection.sync().subscribe(channel);
  }
}
