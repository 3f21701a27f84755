package dev.inboard.secrets;

import java.util.Map;

/**
 * Reads secrets from the component that the resource file names.
 *
 * <pre>{@code
 * String apiKey = inboard.secretStore("vault").get("payment").value("apiKey");
 * }</pre>
 *
 * <h2>What the application may read</h2>
 *
 * A secret scope ({@code spec.secrets.scopes} of a Configuration document) limits it: a secret that
 * it does not permit fails with {@code PERMISSION_DENIED} and is left out of bulk reads, whether it
 * exists or not.
 *
 * <h2>Old secrets</h2>
 *
 * Secrets are kept in memory. A read gets one that is at most {@code cacheMaxAge} old (a field of
 * the component, by default 30 seconds). While the store cannot be reached or cannot serve, it gets
 * one that is at most {@code cacheMaxStale} old (by default an hour), and a warning says so in the
 * log. Once the store says that there is no such secret, or that it must not be read, so does the
 * next read. Bulk reads always ask the store.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the store answers.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}; branch on its code. None of them
 * shows a secret.
 */
public interface SecretStore {
  /** Returns the component's name. */
  String name();

  /**
   * Reads a secret, the newest version of it, or what the cache holds of it.
   *
   * @param name not empty
   * @throws dev.inboard.common.InboardException {@code NOT_FOUND} when there is no such secret;
   *     {@code PERMISSION_DENIED} when the scope or the store does not permit it
   */
  SecretEntry get(String name);

  /**
   * Reads a secret from the store itself, as after the store refused what an earlier read gave.
   * Later reads of {@link #get(String)} see what this one got.
   *
   * @throws dev.inboard.common.InboardException as {@link #get(String)} does; an old secret is
   *     never given in place of a failure
   */
  SecretEntry getFresh(String name);

  /**
   * Reads a secret, with what the store's page lists as request metadata, such as {@code
   * version_id} or {@code namespace}. Names that the store does not know are ignored, except that
   * {@code version_id} fails with {@code UNSUPPORTED} on a store without versions.
   */
  SecretEntry get(String name, Map<String, String> metadata);

  /**
   * Reads one version of a secret.
   *
   * @param version as {@link SecretEntry#version} gives it
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the store keeps no
   *     versions; {@code NOT_FOUND} when there is no such version, or it was deleted
   */
  SecretEntry getVersion(String name, String version);

  /**
   * Calls a listener with the secret, before this method returns, and again whenever one of its
   * values has changed. The store is looked at every {@code refreshInterval} (a field of the
   * component, by default a minute), and sooner when the secret's lease ends.
   *
   * @param name not empty
   * @return ends the watch; until then it lives as long as the runtime
   * @throws dev.inboard.common.InboardException as {@link #getFresh} does; {@code UNSUPPORTED} when
   *     the component says {@code refreshInterval: 0}
   */
  SecretWatch watch(String name, SecretListener listener);

  /**
   * Reads every secret that the application may read.
   *
   * @return by name; empty when there are none
   */
  Map<String, SecretEntry> getBulk();

  /** Reads every secret that the application may read, with request metadata. */
  Map<String, SecretEntry> getBulk(Map<String, String> metadata);

  /** Returns the same verbs without blocking. */
  AsyncSecretStore async();
}
