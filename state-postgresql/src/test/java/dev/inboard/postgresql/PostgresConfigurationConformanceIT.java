package dev.inboard.postgresql;

import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.conformance.ConfigurationConformance;
import dev.inboard.test.server.PostgresServer;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes are told by the trigger: polling comes too seldom to help. */
class PostgresConfigurationConformanceIT extends ConfigurationConformance {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();
  private static String database;

  @BeforeAll
  static void createTable() {
    database = server.createDatabase();
    ConfigurationTrigger.install(server.jdbcUrl(database));
  }

  @Override
  protected ConfigurationDriver openDriver() {
    return TestComponents.configuration(
        "connectionString",
        TestComponents.at(server, database),
        "table",
        "settings",
        "notifyChannel",
        "config",
        "pollInterval",
        "1h");
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return PostgresConfigurationDriver.FEATURES;
  }

  @Override
  protected void put(String key, String value, String version) throws SQLException {
    ConfigurationTrigger.put(server.jdbcUrl(database), key, value, version);
  }

  @Override
  protected void remove(String key) {
    ConfigurationTrigger.execute(
        server.jdbcUrl(database),
        "DELETE FROM settings WHERE item = '" + key.replace("'", "''") + "'");
  }
}
