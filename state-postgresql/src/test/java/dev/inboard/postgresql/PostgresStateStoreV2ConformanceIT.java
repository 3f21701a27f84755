package dev.inboard.postgresql;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.PostgresServer;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresStateStoreV2ConformanceIT extends StateStoreConformance {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  private static String database;

  @BeforeAll
  static void createDatabase() {
    database = server.createDatabase();
  }

  @Override
  protected StateStoreDriver openDriver() {
    return TestComponents.state("v2", "connectionString", TestComponents.at(server, database));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return PostgresStateStoreDriver.FEATURES;
  }

  @Override
  public boolean expectsBulk() {
    return true;
  }

  @Override
  public boolean expectsJoint() {
    return true;
  }
}
