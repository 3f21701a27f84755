package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens {@code secretstores.local.file}: secrets from a JSON file.
 *
 * <p>The file is read when the component opens, so that a missing or broken one stops the start,
 * and again for every secret asked for, so that a changed file needs no restart.
 */
public final class LocalFileSecretStoreProvider implements SecretStoreProvider {
  static final Option<Path> SECRETS_FILE =
      Option.of("secretsFile", Option.Kind.TEXT, LocalFileSecretStoreProvider::path)
          .about("The JSON file; relative to the working directory")
          .required();
  static final Option<String> NESTED_SEPARATOR =
      Option.text("nestedSeparator")
          .or(":")
          .about("Joins the names of nested objects to the name of a secret");
  static final Option<Boolean> MULTI_VALUED =
      Option.bool("multiValued")
          .or(false)
          .about("Each object at the top is one secret of several values");

  /** For {@link java.util.ServiceLoader}. */
  public LocalFileSecretStoreProvider() {}

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason(), e);
    }
  }

  @Override
  public String type() {
    return "secretstores.local.file";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SECRETS_FILE, NESTED_SEPARATOR, MULTI_VALUED);
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    SecretsFile file =
        new SecretsFile(
            spec.get(SECRETS_FILE).toAbsolutePath(),
            spec.get(NESTED_SEPARATOR),
            spec.get(MULTI_VALUED));
    return LocalFileSecretStoreDriver.open(spec.label(), file);
  }
}
