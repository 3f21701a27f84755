package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a {@code Configuration} document. */
final class ConfigurationReader {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationReader.class);
  private static final Set<String> USED = Set.of("secrets", "components");
  private static final Set<String> SPEC =
      Set.of(
          "accessControl",
          "api",
          "appHttpPipeline",
          "components",
          "features",
          "httpPipeline",
          "logging",
          "metric",
          "metrics",
          "mtls",
          "nameResolution",
          "secrets",
          "tracing",
          "wasm",
          "workflow");

  private ConfigurationReader() {}

  static ConfigurationResource read(DocumentHead head, Fields root) {
    root.expectOnly(Set.of("apiVersion", "kind", "metadata", "spec", "scopes", "status"));
    Fields spec = root.section("spec");
    spec.expectOnly(SPEC);
    logUnused(head, spec);
    Fields secrets = spec.section("secrets");
    secrets.expectOnly(Set.of("scopes"));
    Fields components = spec.section("components");
    components.expectOnly(Set.of("deny"));
    return new ConfigurationResource(
        head.name(), secretScopes(secrets), List.copyOf(components.texts("deny")), head.origin());
  }

  private static void logUnused(DocumentHead head, Fields spec) {
    List<String> unused =
        spec.names().stream()
            .filter(name -> !USED.contains(name.toLowerCase(Locale.ROOT)))
            .toList();
    if (!unused.isEmpty()) {
      log.info("{}: of this Configuration, {} has no effect here", head.origin(), unused);
    }
  }

  private static List<ConfigurationResource.SecretScope> secretScopes(Fields secrets) {
    List<ConfigurationResource.SecretScope> scopes = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Fields scope : secrets.sections("scopes")) {
      scope.expectOnly(Set.of("storeName", "defaultAccess", "allowedSecrets", "deniedSecrets"));
      String store = scope.requiredText("storeName", "add the name of a secret store").strip();
      Integer other = lines.putIfAbsent(store, scope.origin().line());
      if (other != null && !store.isEmpty()) {
        scope.report(
            scope.origin(),
            "store '" + store + "' has two secret scopes (also in line " + other + ")",
            "join them");
      }
      scopes.add(
          new ConfigurationResource.SecretScope(
              store,
              allowsByDefault(scope),
              List.copyOf(scope.texts("allowedSecrets")),
              List.copyOf(scope.texts("deniedSecrets")),
              scope.origin()));
    }
    return List.copyOf(scopes);
  }

  private static boolean allowsByDefault(Fields scope) {
    String access = scope.text("defaultAccess");
    return switch (access == null ? "" : access.strip().toLowerCase(Locale.ROOT)) {
      case "", "allow" -> true;
      case "deny" -> false;
      default -> {
        scope.report("defaultAccess", "'" + access + "' is not known", "write allow or deny");
        yield false;
      }
    };
  }
}
