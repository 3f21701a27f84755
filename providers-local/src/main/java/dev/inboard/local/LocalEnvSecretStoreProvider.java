package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.util.List;

/**
 * Opens {@code secretstores.local.env}: each environment variable is a secret of one value.
 *
 * <p>Variables that belong to the runtime itself ({@code APP_API_TOKEN} and everything that begins
 * with {@code DAPR_}) are refused with {@code PERMISSION_DENIED}, where a sidecar answers with an
 * empty secret; a variable that is not set is {@code NOT_FOUND}.
 */
public final class LocalEnvSecretStoreProvider implements SecretStoreProvider {
  static final Option<String> PREFIX =
      Option.text("prefix")
          .or("")
          .about("Put before the name of a secret to get the name of its variable");

  /** For {@link java.util.ServiceLoader}. */
  public LocalEnvSecretStoreProvider() {}

  @Override
  public String type() {
    return "secretstores.local.env";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PREFIX);
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    return new LocalEnvSecretStoreDriver(spec.label(), spec.get(PREFIX), System.getenv(), windows);
  }
}
