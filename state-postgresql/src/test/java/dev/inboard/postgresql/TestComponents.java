package dev.inboard.postgresql;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.test.server.PostgresServer;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Components as tests open them. */
final class TestComponents {
  private TestComponents() {}

  /** Describes a component of the newer version; the fields come in pairs of name and value. */
  static ComponentSpec spec(String type, String... fields) {
    return spec("v2", type, fields);
  }

  static ComponentSpec spec(String version, String type, String[] fields) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return new ComponentSpec(
        "orders", type, version, "app", "default", metadata, Clock.systemUTC());
  }

  /** Says where a database is. */
  static String at(PostgresServer server, String database) {
    return at(server.port(), database);
  }

  static String at(int port, String database) {
    return "postgres://postgres@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
  }

  static PostgresStateStoreDriver state(String version, String... fields) {
    return (PostgresStateStoreDriver)
        new PostgresStateStoreProvider().open(spec(version, "state.postgresql", fields));
  }

  static PostgresWorkflowBackendDriver workflows(String... fields) {
    return (PostgresWorkflowBackendDriver)
        new PostgresWorkflowBackendProvider().open(spec("workflowbackend.postgresql", fields));
  }
}
