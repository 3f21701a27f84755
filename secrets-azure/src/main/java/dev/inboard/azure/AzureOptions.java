package dev.inboard.azure;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The metadata fields of the component. */
final class AzureOptions {
  static final Option<String> VAULT =
      Option.text("vaultName")
          .<String>required()
          .about(
              "The name of the vault, or its full host; the host's end says which cloud it is in");

  static final Option<@Nullable String> TENANT =
      Option.text("azureTenantId")
          .alias("spnTenantId")
          .alias("tenantId")
          .about("The tenant of the service principal");

  static final Option<@Nullable String> CLIENT =
      Option.text("azureClientId")
          .alias("spnClientId")
          .alias("clientId")
          .about(
              "The service principal; without a secret or certificate, the managed identity to use");

  static final Option<@Nullable Secret> CLIENT_SECRET =
      Option.secret("azureClientSecret")
          .alias("spnClientSecret")
          .alias("clientSecret")
          .about("The secret of the service principal");

  static final Option<@Nullable String> CERTIFICATE_FILE =
      Option.text("azureCertificateFile")
          .alias("spnCertificateFile")
          .about(
              "File with the certificate and key of the service principal: PKCS#12 (.pfx, .p12), or else PEM");

  static final Option<@Nullable Secret> CERTIFICATE_PASSWORD =
      Option.secret("azureCertificatePassword")
          .alias("spnCertificatePassword")
          .about("The password of that file");

  static final Option<Cloud> ENVIRONMENT =
      Option.<Cloud>of("azureEnvironment", Option.Kind.TEXT, Cloud::of)
          .or(Cloud.PUBLIC)
          .about(
              "The cloud: AzurePublicCloud (the default), AzureChinaCloud, AzureUSGovernmentCloud");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .or(Duration.ofSeconds(30))
          .about("How long a request may take. Inboard's own: a sidecar ignores it");

  static final List<Option<?>> ALL =
      List.of(
          VAULT,
          TENANT,
          CLIENT,
          CLIENT_SECRET,
          CERTIFICATE_FILE,
          CERTIFICATE_PASSWORD,
          ENVIRONMENT,
          TIMEOUT);

  private AzureOptions() {}

  /** The clouds that have vaults. */
  enum Cloud {
    PUBLIC("vault.azure.net", "https://login.microsoftonline.com/"),
    CHINA("vault.azure.cn", "https://login.chinacloudapi.cn/"),
    US_GOVERNMENT("vault.usgovcloudapi.net", "https://login.microsoftonline.us/");

    final String suffix;
    final String authority;

    Cloud(String suffix, String authority) {
      this.suffix = suffix;
      this.authority = authority;
    }

    static Cloud of(String name) {
      return switch (name.strip().toLowerCase(Locale.ROOT)) {
        case "azurepubliccloud", "azurepublic", "public" -> PUBLIC;
        case "azurechinacloud", "azurechina", "china" -> CHINA;
        case "azureusgovernmentcloud", "azureusgovernment", "usgovernment", "usgov" ->
            US_GOVERNMENT;
        default ->
            throw new IllegalArgumentException(
                "is no cloud; there are AzurePublicCloud, AzureChinaCloud and AzureUSGovernmentCloud");
      };
    }
  }

  /** Returns the address of the vault. */
  static URI vault(ComponentSpec spec) {
    String name = spec.get(VAULT).strip();
    return URI.create(
        "https://" + (name.contains(".") ? name : name + "." + spec.get(ENVIRONMENT).suffix));
  }

  /** Returns the cloud that the vault's host lies in, else the one that the file names. */
  static Cloud cloud(ComponentSpec spec) {
    String host = String.valueOf(vault(spec).getHost());
    for (Cloud cloud : Cloud.values()) {
      if (host.endsWith("." + cloud.suffix)) {
        return cloud;
      }
    }
    return spec.get(ENVIRONMENT);
  }

  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (!spec.get(VAULT).strip().matches("[A-Za-z0-9.-]+(:\\d+)?")) {
      problems.add("field 'vaultName' is no name and no host; write it like my-vault");
    }
    boolean principal = spec.has(CLIENT_SECRET) || spec.has(CERTIFICATE_FILE);
    if (principal && !(spec.has(TENANT) && spec.has(CLIENT))) {
      problems.add(
          "fields 'azureTenantId' and 'azureClientId' are missing; a service principal needs both");
    }
    if (spec.has(CLIENT_SECRET) && spec.has(CERTIFICATE_FILE)) {
      problems.add(
          "fields 'azureClientSecret' and 'azureCertificateFile' exclude each other; give one");
    }
    if (spec.get(TIMEOUT).isZero() || spec.get(TIMEOUT).isNegative()) {
      problems.add("field 'timeout' is not positive; write it like 30s");
    }
    return problems;
  }
}
