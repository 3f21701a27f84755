package dev.inboard.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.CredentialBuilderBase;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.Secret;
import dev.inboard.spi.BlockingCalls;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the secrets of one vault. Reads nothing twice and keeps nothing. */
final class AzureSecretStoreDriver implements SecretStoreDriver {
  private static final int MOST_AT_A_TIME = 8;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,127}");

  /** A name that nobody gives: any answer about it shows that the vault is there. */
  private static final String PROBE = "inboard-is-the-vault-there";

  private final String component;
  private final AzureFailures failures;
  private final BlockingCalls calls;
  private final JdkHttp transport;
  private final SecretClient client;

  private AzureSecretStoreDriver(
      ComponentSpec spec, HttpClient http, String authority, boolean verified) {
    component = spec.label();
    failures = new AzureFailures(component);
    calls = new BlockingCalls(spec, MOST_AT_A_TIME, failures::of);
    transport = new JdkHttp(http, spec.get(AzureOptions.TIMEOUT));
    client = calls.callHere("open", () -> client(spec, transport, authority, verified));
  }

  private static SecretClient client(
      ComponentSpec spec, JdkHttp transport, String authority, boolean verified) {
    SecretClientBuilder builder =
        new SecretClientBuilder()
            .vaultUrl(AzureOptions.vault(spec).toString())
            .httpClient(transport)
            .retryOptions(noRetry())
            .credential(credential(spec, transport, authority, verified));
    if (!verified) {
      builder.disableChallengeResourceVerification();
    }
    return builder.buildClient();
  }

  private static RetryOptions noRetry() {
    return new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))); // the runtime does it
  }

  private static TokenCredential credential(
      ComponentSpec spec, JdkHttp transport, String authority, boolean verified) {
    String tenant = spec.get(AzureOptions.TENANT);
    String id = spec.get(AzureOptions.CLIENT);
    Secret secret = spec.get(AzureOptions.CLIENT_SECRET);
    String file = spec.get(AzureOptions.CERTIFICATE_FILE);
    if (secret != null) {
      var builder =
          new ClientSecretCredentialBuilder()
              .authorityHost(authority)
              .tenantId(tenant)
              .clientId(id)
              .clientSecret(secret.reveal());
      if (!verified) {
        builder.disableInstanceDiscovery();
      }
      return with(builder, transport).build();
    }
    if (file != null) {
      Secret password = spec.get(AzureOptions.CERTIFICATE_PASSWORD);
      var builder =
          new ClientCertificateCredentialBuilder()
              .authorityHost(authority)
              .tenantId(tenant)
              .clientId(id);
      String lower = file.toLowerCase(Locale.ROOT);
      if (lower.endsWith(".pfx") || lower.endsWith(".p12")) {
        builder.pfxCertificate(file);
      } else {
        builder.pemCertificate(file);
      }
      if (password != null) {
        builder.clientCertificatePassword(password.reveal());
      }
      return with(builder, transport).build();
    }
    var builder = new DefaultAzureCredentialBuilder().authorityHost(authority);
    if (tenant != null) {
      builder.tenantId(tenant);
    }
    if (id != null) {
      builder.managedIdentityClientId(id).workloadIdentityClientId(id);
    }
    return with(builder, transport).build();
  }

  private static <B extends CredentialBuilderBase<B>> B with(B builder, JdkHttp transport) {
    return builder.httpClient(transport).retryOptions(noRetry());
  }

  /**
   * Opens the store when the vault answers and accepts the credentials.
   *
   * @param authority where tokens come from
   * @param verified whether vault and authority must be hosts that Azure knows
   */
  static AzureSecretStoreDriver open(
      ComponentSpec spec, HttpClient http, String authority, boolean verified) {
    AzureSecretStoreDriver driver = new AzureSecretStoreDriver(spec, http, authority, verified);
    try {
      driver.calls.callHere("open", driver::probe);
      return driver;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private @Nullable Void probe() {
    try {
      client.getSecret(PROBE);
    } catch (RuntimeException e) {
      ErrorCode code = failures.of("ping", e).code();
      if (code != ErrorCode.NOT_FOUND && code != ErrorCode.PERMISSION_DENIED) {
        throw e;
      }
    }
    return null;
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.SECRET_VERSIONS);
  }

  @Override
  public CompletionStage<Void> ping() {
    return calls.call("ping", this::probe);
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    return calls.call(
        operation,
        () -> {
          String version = metadata.getOrDefault("version_id", "");
          if (!NAME.matcher(name).matches() || !version.matches("[A-Za-z0-9-]*")) {
            throw failures.failure(
                ErrorCode.INVALID_ARGUMENT,
                operation,
                "no secret or version can have this name: it consists of letters, digits and '-'",
                null);
          }
          return secret(
              version.isEmpty() ? client.getSecret(name) : client.getSecret(name, version));
        });
  }

  private static StoredSecret secret(KeyVaultSecret found) {
    return new StoredSecret(
        Map.of(found.getName(), Secret.of(found.getValue())),
        found.getProperties().getVersion(),
        null);
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    return calls.call(
        "get all secrets",
        () -> {
          Map<String, StoredSecret> all = new LinkedHashMap<>();
          for (SecretProperties properties : client.listPropertiesOfSecrets()) {
            if (Boolean.TRUE.equals(properties.isEnabled())) {
              all.put(properties.getName(), secret(client.getSecret(properties.getName())));
            }
          }
          return all;
        });
  }

  @Override
  public void close() {
    calls.close();
    transport.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
