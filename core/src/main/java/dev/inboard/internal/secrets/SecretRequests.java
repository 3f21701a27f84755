package dev.inboard.internal.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.runtime.Request;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks what is asked of a secret store, against its scope among others, and reads the answers.
 */
final class SecretRequests {
  private static final String VERSION = "version_id";

  private final String component;
  private final SecretCache cache;
  private final @Nullable SecretScope scope;

  SecretRequests(ComponentSpec spec, @Nullable SecretScope scope) {
    this.component = spec.label();
    this.cache = new SecretCache(spec);
    this.scope = scope;
  }

  Request<SecretStoreDriver, StoredSecret, SecretEntry> get(
      String name, Map<String, String> metadata) {
    return get(name, metadata, cache::get);
  }

  /** Asks the store itself. */
  Request<SecretStoreDriver, StoredSecret, SecretEntry> getFresh(String name) {
    return get(name, Map.of(), cache::fresh);
  }

  /** From the cache, or past it. */
  private interface Way {
    CompletionStage<StoredSecret> read(
        SecretCache.Key key, Supplier<CompletionStage<StoredSecret>> read);
  }

  private Request<SecretStoreDriver, StoredSecret, SecretEntry> get(
      String name, Map<String, String> metadata, Way way) {
    if (name.isEmpty()) {
      throw failure(ErrorCode.INVALID_ARGUMENT, name, "the name is empty; name a secret");
    }
    if (scope != null && !scope.permits(name)) {
      throw failure(
          ErrorCode.PERMISSION_DENIED,
          name,
          "the secret scope at "
              + scope.origin()
              + " does not permit it; change the scope, or do"
              + " without the secret");
    }
    Map<String, String> copy = Map.copyOf(metadata);
    return new Request<>(
        "get",
        name,
        true,
        driver -> {
          if (copy.containsKey(VERSION) && !driver.features().contains(Feature.SECRET_VERSIONS)) {
            throw failure(
                ErrorCode.UNSUPPORTED, name, "this store keeps no versions; leave the version out");
          }
          return way.read(new SecretCache.Key(name, copy), () -> driver.get(name, copy));
        },
        secret -> entry(name, secret));
  }

  Request<SecretStoreDriver, StoredSecret, SecretEntry> getVersion(String name, String version) {
    if (version.isEmpty()) {
      throw failure(ErrorCode.INVALID_ARGUMENT, name, "the version is empty; use get(name)");
    }
    return get(name, Map.of(VERSION, version));
  }

  Request<SecretStoreDriver, Map<String, StoredSecret>, Map<String, SecretEntry>> getBulk(
      Map<String, String> metadata) {
    Map<String, String> copy = Map.copyOf(metadata);
    return new Request<>("get bulk", null, true, driver -> driver.getBulk(copy), this::permitted);
  }

  private Map<String, SecretEntry> permitted(Map<String, StoredSecret> secrets) {
    Map<String, SecretEntry> entries = new LinkedHashMap<>();
    secrets.forEach(
        (name, secret) -> {
          if (scope == null || scope.permits(name)) {
            entries.put(name, entry(name, secret));
          }
        });
    return Collections.unmodifiableMap(entries);
  }

  private SecretEntry entry(String name, StoredSecret secret) {
    return new SecretEntry(component, name, secret.values(), secret.version(), secret.expiresAt());
  }

  private InboardException failure(ErrorCode code, String name, String reason) {
    return new InboardException(code, component, "get '" + name + "'", reason);
  }
}
