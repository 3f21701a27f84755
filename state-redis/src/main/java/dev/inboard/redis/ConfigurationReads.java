package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.StatefulConnection;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads items: strings of the form {@code value||version}. Keys of another type hold nothing. */
final class ConfigurationReads {
  /** The most keys per command and per page: the server does nothing else meanwhile. */
  private static final int BATCH = 500;

  private final StatefulConnection<String, byte[]> connection;
  private final RedisKeyScan scan;

  ConfigurationReads(String label, StatefulConnection<String, byte[]> connection) {
    this.connection = connection;
    this.scan = new RedisKeyScan(label, connection);
  }

  /** Reads some keys; one that holds nothing is left out. */
  CompletionStage<Map<String, StoredItem>> some(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    CompletionStage<Map<String, StoredItem>> items =
        CompletableFuture.completedStage(new HashMap<>());
    for (int begin = 0; begin < all.size(); begin += BATCH) {
      String[] batch =
          all.subList(begin, Math.min(begin + BATCH, all.size())).toArray(String[]::new);
      items =
          items.thenCombine(
              RedisConnections.commands(connection).mget(batch), ConfigurationReads::added);
    }
    return items;
  }

  private static Map<String, StoredItem> added(
      Map<String, StoredItem> items, List<KeyValue<String, byte[]>> answer) {
    for (KeyValue<String, byte[]> one : answer) {
      if (one.hasValue()) {
        StoredItem item = StoredItem.parse(new String(one.getValue(), UTF_8));
        if (!item.value().isEmpty()) { // a sidecar leaves it out too
          items.put(one.getKey(), item);
        }
      }
    }
    return items;
  }

  /** Reads every key of the database, which may hold other things beside configuration. */
  CompletionStage<Map<String, StoredItem>> all() {
    return pagesFrom(null, new HashMap<>());
  }

  private CompletionStage<Map<String, StoredItem>> pagesFrom(
      @Nullable String token, Map<String, StoredItem> items) {
    return scan.page("", BATCH, token)
        .thenCompose(
            page ->
                some(page.keys())
                    .thenCompose(
                        read -> {
                          items.putAll(read);
                          return next(page, items);
                        }));
  }

  private CompletionStage<Map<String, StoredItem>> next(Page page, Map<String, StoredItem> items) {
    return page.token() == null
        ? CompletableFuture.completedStage(items)
        : pagesFrom(page.token(), items);
  }
}
