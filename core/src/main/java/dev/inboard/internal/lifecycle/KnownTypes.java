package dev.inboard.internal.lifecycle;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which artifact brings which component types. Words only: what really can be opened is what {@link
 * Providers} finds on the class path.
 */
final class KnownTypes {
  private static final Map<String, List<String>> BY_ARTIFACT =
      Map.of(
          "inboard-providers-local",
          List.of(
              "state.in-memory",
              "pubsub.in-memory",
              "secretstores.local.file",
              "secretstores.local.env",
              "bindings.cron",
              "bindings.localstorage",
              "lock.in-memory",
              "configuration.in-memory",
              "configuration.file",
              "workflowbackend.in-memory"),
          "inboard-state-sqlite",
          List.of(
              "state.sqlite", "state.sqlite3", "workflowbackend.sqlite", "workflowbackend.sqlite3"),
          "inboard-state-postgresql",
          List.of(
              "state.postgresql",
              "state.postgres",
              "lock.postgresql",
              "lock.postgres",
              "configuration.postgresql",
              "configuration.postgres",
              "workflowbackend.postgresql",
              "workflowbackend.postgres"),
          "inboard-state-redis",
          List.of(
              "state.redis",
              "pubsub.redis",
              "lock.redis",
              "configuration.redis",
              "workflowbackend.redis"),
          "inboard-bindings-kafka",
          List.of("pubsub.kafka", "bindings.kafka"),
          "inboard-bindings-rabbitmq",
          List.of("pubsub.rabbitmq", "bindings.rabbitmq"),
          "inboard-secrets-vault",
          List.of("secretstores.hashicorp.vault"),
          "inboard-secrets-kubernetes",
          List.of("secretstores.kubernetes"),
          "inboard-secrets-aws",
          List.of("secretstores.aws.secretmanager"),
          "inboard-secrets-azure",
          List.of("secretstores.azure.keyvault"));

  private static final Map<String, String> ARTIFACTS = new TreeMap<>();

  static {
    BY_ARTIFACT.forEach(
        (artifact, types) -> types.forEach(type -> ARTIFACTS.put(type, "dev.inboard:" + artifact)));
  }

  private KnownTypes() {}

  /** Returns the artifact that brings a type, or null when nobody knows it. */
  static @Nullable String artifactOf(String type) {
    return ARTIFACTS.get(type.toLowerCase(Locale.ROOT));
  }

  /** Returns every known type of a block, sorted. */
  static List<String> of(Block block) {
    return ARTIFACTS.keySet().stream().filter(type -> Block.of(type) == block).toList();
  }
}
