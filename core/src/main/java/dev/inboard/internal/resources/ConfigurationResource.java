package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Inboard uses of a {@code Configuration} document, or of several laid over each other.
 *
 * @param secretScopes {@code spec.secrets.scopes}, one per store
 * @param deniedComponents {@code spec.components.deny}: {@code type} or {@code type/version}
 */
public record ConfigurationResource(
    String name, List<SecretScope> secretScopes, List<String> deniedComponents, Origin origin) {

  /**
   * Lays the documents over each other: the last scope of a store counts, and every denied
   * component.
   */
  static ConfigurationResource merge(List<ConfigurationResource> documents) {
    Map<String, SecretScope> scopes = new LinkedHashMap<>();
    Set<String> denied = new LinkedHashSet<>();
    for (ConfigurationResource document : documents) {
      document.secretScopes.forEach(scope -> scopes.put(scope.storeName(), scope));
      denied.addAll(document.deniedComponents);
    }
    ConfigurationResource last =
        documents.isEmpty()
            ? new ConfigurationResource("", List.of(), List.of(), new Origin("builder", 0))
            : documents.get(documents.size() - 1);
    return new ConfigurationResource(
        last.name, new ArrayList<>(scopes.values()), List.copyOf(denied), last.origin);
  }

  /** Returns the scope of a store, or null when it has none: then every secret may be read. */
  public @Nullable SecretScope secretScope(String storeName) {
    for (SecretScope scope : secretScopes) {
      if (scope.storeName().equals(storeName)) {
        return scope;
      }
    }
    return null;
  }

  /** Which secrets of one store the application may read. */
  public record SecretScope(
      String storeName,
      boolean allowByDefault,
      List<String> allowed,
      List<String> denied,
      Origin origin) {
    /**
     * Decides for one secret, as Dapr does: an allow list rules alone, then the deny list, then the
     * default.
     */
    public boolean permits(String secret) {
      if (!allowed.isEmpty()) {
        return allowed.contains(secret);
      }
      return !denied.contains(secret) && allowByDefault;
    }
  }
}
