package dev.inboard.internal.resources;

import java.util.List;

/**
 * What Inboard uses of a {@code Configuration} document.
 *
 * @param secretScopes {@code spec.secrets.scopes}
 * @param deniedComponents {@code spec.components.deny}: {@code type} or {@code type/version}
 */
public record ConfigurationResource(
    String name, List<SecretScope> secretScopes, List<String> deniedComponents, Origin origin) {

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
