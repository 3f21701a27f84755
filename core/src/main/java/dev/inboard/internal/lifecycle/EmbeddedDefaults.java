package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.MetadataItem;
import dev.inboard.internal.resources.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The components of an application that names no resources: {@code state}, {@code pubsub}, {@code
 * env}, and {@code secrets} when its file is there; and {@code workflows} for every application
 * that has workflows but no backend for them.
 */
final class EmbeddedDefaults {
  static final Origin ORIGIN = new Origin("embedded defaults", 0);
  static final String WORKFLOWS = "workflows";
  static final String STATE_TYPE = "state.sqlite";
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(5);

  private EmbeddedDefaults() {}

  /** Returns the components, which keep what they keep below a folder. */
  static List<ComponentResource> in(Path folder) {
    List<ComponentResource> components = new ArrayList<>();
    components.add(component("env", "secretstores.local.env", Map.of()));
    Path secrets = folder.resolve("secrets.json");
    if (Files.isRegularFile(secrets)) {
      components.add(
          component(
              "secrets", "secretstores.local.file", Map.of("secretsFile", secrets.toString())));
    }
    components.add(component("state", STATE_TYPE, database(folder)));
    components.add(component("pubsub", "pubsub.in-memory", Map.of()));
    return components;
  }

  /** Returns the workflow backend of an application that names none. */
  static ComponentResource workflowsIn(Path folder) {
    return component(WORKFLOWS, "workflowbackend.sqlite", database(folder));
  }

  /** Returns the file of state and workflows. */
  static Path databaseIn(Path folder) {
    return folder.resolve("state.db");
  }

  private static Map<String, String> database(Path folder) {
    return Map.of("connectionString", databaseIn(folder).toString());
  }

  private static ComponentResource component(
      String name, String type, Map<String, String> metadata) {
    List<MetadataItem> items = new ArrayList<>();
    metadata.forEach((field, value) -> items.add(new MetadataItem.Literal(field, value, ORIGIN)));
    return new ComponentResource(
        name, type, "v1", null, items, null, List.of(), INIT_TIMEOUT, false, ORIGIN);
  }
}
