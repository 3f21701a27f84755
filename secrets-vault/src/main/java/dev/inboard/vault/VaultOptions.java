package dev.inboard.vault;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata fields of the component: Dapr's, and the ones that it lacks. */
final class VaultOptions {
  /** How the driver gets its token. */
  enum AuthMethod {
    TOKEN,
    APPROLE,
    KUBERNETES,
    JWT
  }

  /** What becomes of a secret's data. */
  enum ValueType {
    MAP,
    TEXT
  }

  static final Option<URI> ADDRESS =
      Option.<URI>of("vaultAddr", Option.Kind.TEXT, VaultOptions::address)
          .or(URI.create("https://127.0.0.1:8200"))
          .about("Where the server is");
  static final Option<String> ENGINE_PATH =
      Option.text("enginePath").or("secret").about("Where the KV engine is mounted");
  static final Option<Integer> ENGINE_VERSION =
      Option.integer("engineVersion", 1, 2).or(2).about("Version of the KV engine: 1 or 2");
  static final Option<String> PREFIX =
      Option.text("vaultKVPrefix").or("dapr").about("Stands before the name of every secret");
  static final Option<Boolean> USE_PREFIX =
      Option.bool("vaultKVUsePrefix").or(true).about("false: names have no prefix");
  static final Option<ValueType> VALUE_TYPE =
      Option.choice("vaultValueType", ValueType.class)
          .or(ValueType.MAP)
          .about("map: every field is a value; text: the secret's JSON is its one value");
  static final Option<@Nullable String> NAMESPACE =
      Option.of("vaultNamespace", Option.Kind.TEXT, VaultOptions::namespace)
          .about("The namespace of the server that everything is in");
  static final Option<Duration> TIMEOUT =
      Option.duration("vaultTimeout")
          .or(Duration.ofSeconds(30))
          .about("Longest wait for one answer of the server");

  static final Option<@Nullable String> CA_PEM =
      Option.text("caPem").about("Certificates of the authorities to trust, as PEM text");
  static final Option<@Nullable Path> CA_PATH =
      Option.of("caPath", Option.Kind.TEXT, VaultOptions::path)
          .about("A folder of PEM files with the authorities to trust");
  static final Option<@Nullable Path> CA_CERT =
      Option.of("caCert", Option.Kind.TEXT, VaultOptions::path)
          .about("A PEM file with the authorities to trust");
  static final Option<Boolean> SKIP_VERIFY =
      Option.<Boolean>of("skipVerify", Option.Kind.BOOL, text -> text.equals("true"))
          .or(false)
          .about("true, in exactly this spelling: trust any server; never outside of tests");
  static final Option<@Nullable String> SERVER_NAME =
      Option.text("tlsServerName")
          .about("The name to ask for and to verify in place of the host of vaultAddr");

  static final Option<AuthMethod> AUTH_METHOD =
      Option.choice("vaultAuthMethod", AuthMethod.class)
          .or(AuthMethod.TOKEN)
          .about("How to log in");
  static final Option<@Nullable Secret> TOKEN =
      Option.secret("vaultToken").about("The token; by default the variable VAULT_TOKEN");
  static final Option<@Nullable Path> TOKEN_FILE =
      Option.of("vaultTokenMountPath", Option.Kind.TEXT, VaultOptions::path)
          .about("A file with the token, read again when it changes");
  static final Option<@Nullable String> ROLE_ID =
      Option.text("vaultAppRoleRoleId").about("Role id of the AppRole login");
  static final Option<@Nullable Secret> SECRET_ID =
      Option.secret("vaultAppRoleSecretId").about("Secret id of the AppRole login");
  static final Option<@Nullable Path> SECRET_ID_FILE =
      Option.of("vaultAppRoleSecretIdPath", Option.Kind.TEXT, VaultOptions::path)
          .about("A file with the secret id, read at every login");
  static final Option<String> APPROLE_MOUNT =
      Option.text("vaultAppRoleMountPath").or("approle").about("Where AppRole is mounted");
  static final Option<@Nullable String> KUBERNETES_ROLE =
      Option.text("vaultKubernetesRole").about("Role of the Kubernetes login");
  static final Option<String> KUBERNETES_MOUNT =
      Option.text("vaultKubernetesMountPath")
          .or("kubernetes")
          .about("Where the Kubernetes login is mounted");
  static final Option<Path> SERVICE_ACCOUNT_TOKEN_FILE =
      Option.<Path>of("vaultServiceAccountTokenPath", Option.Kind.TEXT, VaultOptions::path)
          .or(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token"))
          .about("The file with the service account's token, read at every login");
  static final Option<@Nullable String> JWT_ROLE =
      Option.text("vaultJwtRole").about("Role of the JWT login");
  static final Option<@Nullable Secret> JWT = Option.secret("vaultJwt").about("The JWT");
  static final Option<@Nullable Path> JWT_FILE =
      Option.of("vaultJwtPath", Option.Kind.TEXT, VaultOptions::path)
          .about("A file with the JWT, read at every login");
  static final Option<String> JWT_MOUNT =
      Option.text("vaultJwtMountPath").or("jwt").about("Where the JWT login is mounted");

  static final List<Option<?>> ALL =
      List.of(
          ADDRESS,
          ENGINE_PATH,
          ENGINE_VERSION,
          PREFIX,
          USE_PREFIX,
          VALUE_TYPE,
          NAMESPACE,
          TIMEOUT,
          CA_PEM,
          CA_PATH,
          CA_CERT,
          SKIP_VERIFY,
          SERVER_NAME,
          AUTH_METHOD,
          TOKEN,
          TOKEN_FILE,
          ROLE_ID,
          SECRET_ID,
          SECRET_ID_FILE,
          APPROLE_MOUNT,
          KUBERNETES_ROLE,
          KUBERNETES_MOUNT,
          SERVICE_ACCOUNT_TOKEN_FILE,
          JWT_ROLE,
          JWT,
          JWT_FILE,
          JWT_MOUNT);

  private VaultOptions() {}

  private static URI address(String text) {
    try {
      URI uri = new URI(text.strip().replaceFirst("/+$", ""));
      boolean http = "http".equalsIgnoreCase(uri.getScheme());
      if ((http || "https".equalsIgnoreCase(uri.getScheme())) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw noAddress();
    }
    throw noAddress();
  }

  private static String namespace(String text) {
    if (!text.matches("[!-~]+")) {
      throw new IllegalArgumentException("is no namespace; write it like team/shop");
    }
    return text;
  }

  private static IllegalArgumentException noAddress() {
    return new IllegalArgumentException("is no address; write it like https://vault.example:8200");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason(), e);
    }
  }

  /** Says what is wrong beyond the single fields: who logs in how needs what. */
  static List<String> check(ComponentSpec spec, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    switch (spec.get(AUTH_METHOD)) {
      case TOKEN -> {
        if (spec.has(TOKEN) || spec.has(TOKEN_FILE) || !environment.containsKey("VAULT_TOKEN")) {
          exactlyOne(spec, TOKEN, TOKEN_FILE, problems);
        }
      }
      case APPROLE -> {
        needed(spec, ROLE_ID, problems);
        exactlyOne(spec, SECRET_ID, SECRET_ID_FILE, problems);
      }
      case KUBERNETES -> needed(spec, KUBERNETES_ROLE, problems);
      case JWT -> {
        needed(spec, JWT_ROLE, problems);
        exactlyOne(spec, JWT, JWT_FILE, problems);
      }
    }
    if (spec.get(SKIP_VERIFY) && spec.has(SERVER_NAME)) {
      problems.add("'tlsServerName' means nothing with 'skipVerify'; remove one of them");
    }
    return problems;
  }

  private static void needed(ComponentSpec spec, Option<?> option, List<String> problems) {
    if (!spec.has(option)) {
      problems.add("'" + option.name() + "' is missing; this login needs it");
    }
  }

  private static void exactlyOne(
      ComponentSpec spec, Option<?> one, Option<?> other, List<String> problems) {
    if (spec.has(one) && spec.has(other)) {
      problems.add(
          "both '" + one.name() + "' and '" + other.name() + "' are given; remove one of them");
    } else if (!spec.has(one) && !spec.has(other)) {
      problems.add("neither '" + one.name() + "' nor '" + other.name() + "' is given; give one");
    }
  }
}
