package dev.inboard.kubernetes;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code secretstores.kubernetes}: Secret objects of a cluster, each value of which is a
 * value of the secret.
 *
 * <p>Request metadata: {@code namespace}. Opening fails when the API server cannot be reached or
 * does not accept the credentials.
 */
public final class KubernetesSecretStoreProvider implements SecretStoreProvider {
  static final Option<@Nullable String> DEFAULT_NAMESPACE =
      Option.text("defaultNamespace")
          .about(
              "The namespace of reads that name none, where the variable NAMESPACE is not set; by default that of the pod,"
                  + " or of the kubeconfig's context");

  static final Option<@Nullable String> KUBECONFIG =
      Option.text("kubeconfigPath")
          .about(
              "File that says where the cluster is and who asks; by default the pod's service account, or what kubectl"
                  + " would use");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .or(Duration.ofSeconds(30))
          .about("How long a request may take. Inboard's own: a sidecar ignores it");

  /** For {@link java.util.ServiceLoader}. */
  public KubernetesSecretStoreProvider() {}

  @Override
  public String type() {
    return "secretstores.kubernetes";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(DEFAULT_NAMESPACE, KUBECONFIG, TIMEOUT);
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return spec.get(TIMEOUT).isZero() || spec.get(TIMEOUT).isNegative()
        ? List.of("field 'timeout' is not positive; write it like 30s")
        : List.of();
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    List<String> problems = check(spec);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.join("; ", problems));
    }
    return KubernetesSecretStoreDriver.open(spec, System.getenv("NAMESPACE"));
  }
}
