package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.MetadataResolver;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the secrets that components refer to, each once, all at the same time. Dapr's secret scopes
 * do not apply to these: they say what the application may read.
 */
final class SecretReader implements MetadataResolver.SecretLookup {
  private final Function<String, @Nullable SecretStoreDriver> stores;
  private final Waiting waiting;
  private final Map<Key, CompletableFuture<StoredSecret>> secrets = new HashMap<>();

  private record Key(String store, String secret, @Nullable String namespace) {}

  /**
   * Prepares to read.
   *
   * @param stores finds an open store by name
   */
  SecretReader(Function<String, @Nullable SecretStoreDriver> stores, Waiting waiting) {
    this.stores = stores;
    this.waiting = waiting;
  }

  /** Begins to read every secret the components refer to. */
  void prefetch(List<Plan> plans) {
    for (Plan plan : plans) {
      for (MetadataItem item : plan.resource().metadata()) {
        if (item instanceof MetadataItem.SecretRef reference
            && plan.resource().secretStore() != null) {
          CompletableFuture<?> unused = read(plan.resource(), reference); // get() waits for it
        }
      }
    }
  }

  /** Returns when the first of the secrets that were read ends; null when none does. */
  @Nullable Instant firstExpiry() {
    return secrets.values().stream()
        .filter(read -> read.isDone() && !read.isCompletedExceptionally())
        .map(read -> read.join().expiresAt())
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  @Override
  public StoredSecret get(ComponentResource component, MetadataItem.SecretRef reference) {
    return waiting.await(
        read(component, reference),
        component.initTimeout(),
        String.valueOf(component.secretStore()),
        "get '" + reference.secret() + "'");
  }

  private CompletableFuture<StoredSecret> read(
      ComponentResource component, MetadataItem.SecretRef reference) {
    Key key =
        new Key(String.valueOf(component.secretStore()), reference.secret(), component.namespace());
    return secrets.computeIfAbsent(key, this::start);
  }

  private CompletableFuture<StoredSecret> start(Key key) {
    SecretStoreDriver store = stores.apply(key.store());
    if (store == null) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.UNAVAILABLE,
              key.store(),
              "get '" + key.secret() + "'",
              "the store could not be opened"));
    }
    Map<String, String> metadata =
        key.namespace() == null ? Map.of() : Map.of("namespace", key.namespace());
    try {
      return store.get(key.secret(), metadata).toCompletableFuture();
    } catch (
        RuntimeException e) { // a driver should not, but the others are to be read all the same
      return CompletableFuture.failedFuture(e);
    }
  }
}
