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
   * Reads a secret, the newest version of it.
   *
   * @param name not empty
   * @throws dev.inboard.common.InboardException {@code NOT_FOUND} when there is no such secret;
   *     {@code PERMISSION_DENIED} when the scope or the store does not permit it
   */
  SecretEntry get(String name);

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
