package dev.inboard.secrets;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of {@link SecretStore} without blocking.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. A future may complete on the thread of the store's client: do not
 * block in functions attached to it without an executor.
 *
 * <h2>Errors</h2>
 *
 * Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}, bad arguments included.
 */
public interface AsyncSecretStore {
  /** See {@link SecretStore#get(String)}. */
  CompletableFuture<SecretEntry> get(String name);

  /** See {@link SecretStore#getFresh}. */
  CompletableFuture<SecretEntry> getFresh(String name);

  /** See {@link SecretStore#get(String, Map)}. */
  CompletableFuture<SecretEntry> get(String name, Map<String, String> metadata);

  /** See {@link SecretStore#getVersion}. */
  CompletableFuture<SecretEntry> getVersion(String name, String version);

  /** See {@link SecretStore#getBulk()}. */
  CompletableFuture<Map<String, SecretEntry>> getBulk();

  /** See {@link SecretStore#getBulk(Map)}. */
  CompletableFuture<Map<String, SecretEntry>> getBulk(Map<String, String> metadata);
}
