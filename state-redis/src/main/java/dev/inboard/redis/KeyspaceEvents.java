package dev.inboard.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Hears from one server which keys change, over one connection however many keys there are.
 *
 * <p>The client subscribes again by itself after a reconnect; the server's confirmation is then
 * taken for a change of the key, because what happened in between was not told.
 */
final class KeyspaceEvents {
  private final StatefulRedisPubSubConnection<String, byte[]> connection;
  private final String prefix;

  /**
   * Listens on a connection.
   *
   * @param onKey is told of a key that may have changed
   * @param onAll is told when any may have
   */
  KeyspaceEvents(
      StatefulRedisPubSubConnection<String, byte[]> connection,
      int database,
      Consumer<String> onKey,
      Runnable onAll) {
    this.connection = connection;
    this.prefix = "__keyspace@" + database + "__:";
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String channel, byte[] event) {
            onKey.accept(key(channel));
          }

          @Override
          public void message(String pattern, String channel, byte[] event) {
            onKey.accept(key(channel));
          }

          @Override
          public void subscribed(String channel, long count) {
            onKey.accept(key(channel));
          }

          @Override
          public void psubscribed(String pattern, long count) {
            onAll.run();
          }
        });
  }

  private String key(String channel) {
    return channel.substring(Math.min(prefix.length(), channel.length()));
  }

  /** Begins to listen for keys, or for all when none is named. */
  CompletionStage<Void> listen(Set<String> keys) {
    return keys.isEmpty()
        ? connection.async().psubscribe(prefix + "*")
        : connection.async().subscribe(channels(keys));
  }

  /** Listens no more. */
  void forget(Collection<String> keys, boolean all) {
    List<CompletionStage<Void>> unused = new ArrayList<>();
    if (!keys.isEmpty()) {
      unused.add(connection.async().unsubscribe(channels(keys)));
    }
    if (all) {
      unused.add(connection.async().punsubscribe(prefix + "*"));
    }
  }

  private String[] channels(Collection<String> keys) {
    return keys.stream().map(prefix::concat).toArray(String[]::new);
  }

  /** Asks the server for a sign of life, without which nobody would notice that it has vanished. */
  void ping() {
    var unused = connection.async().ping();
  }
}
