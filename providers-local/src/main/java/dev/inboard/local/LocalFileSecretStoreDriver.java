package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Reads the secrets file anew for every call. */
final class LocalFileSecretStoreDriver implements SecretStoreDriver {
  private final String component;
  private final SecretsFile file;
  private final FileWork work;

  private LocalFileSecretStoreDriver(String component, SecretsFile file) {
    this.component = component;
    this.file = file;
    this.work = new FileWork(component);
  }

  /** Opens the store when the file can be read and understood. */
  static LocalFileSecretStoreDriver open(String component, SecretsFile file) {
    try {
      file.read(component, "open");
    } catch (IOException | RuntimeException e) {
      throw FileWork.failure(component, "open", e);
    }
    return new LocalFileSecretStoreDriver(component, file);
  }

  @Override
  public Set<Feature> features() {
    return file.multiValued() ? Set.of(Feature.MULTIPLE_VALUES_PER_SECRET) : Set.of();
  }

  @Override
  public CompletionStage<Void> ping() {
    return work.ping();
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    return work.run(
        operation,
        () -> {
          StoredSecret secret = file.read(component, operation).get(name);
          if (secret == null) {
            String reason =
                "there is no such secret in '" + file.path() + "'; add it, or correct the name";
            throw new InboardException(ErrorCode.NOT_FOUND, component, operation, reason);
          }
          return secret;
        });
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    return work.run("get all secrets", () -> file.read(component, "get all secrets"));
  }

  @Override
  public void close() {
    work.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
