package dev.inboard.spi.secrets;

import dev.inboard.spi.Driver;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** One opened secret store. It does not cache: the runtime does. */
public interface SecretStoreDriver extends Driver {
  /**
   * Reads a secret. Fails with {@code NOT_FOUND} when there is none of that name (or version).
   *
   * @param name the secret's name as the application writes it
   * @param metadata request metadata such as {@code version_id}; names that the provider does not
   *     know are ignored
   */
  CompletionStage<StoredSecret> get(String name, Map<String, String> metadata);

  /**
   * Reads every secret the store lets this application read.
   *
   * @return secrets by name; empty when there are none
   */
  CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata);
}
