package dev.inboard.aws;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.util.List;

/**
 * Opens {@code secretstores.aws.secretmanager}: secrets of AWS Secrets Manager.
 *
 * <p>Request metadata: {@code version_id}, {@code version_stage}. Opening fails when the service
 * cannot be reached or does not accept the credentials.
 */
public final class AwsSecretStoreProvider implements SecretStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public AwsSecretStoreProvider() {}

  @Override
  public String type() {
    return "secretstores.aws.secretmanager";
  }

  @Override
  public List<Option<?>> options() {
    return AwsOptions.ALL;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return AwsOptions.check(spec);
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    List<String> problems = check(spec);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.join("; ", problems));
    }
    return AwsSecretStoreDriver.open(spec);
  }
}
