package dev.inboard.postgresql;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.LockConformance;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.test.server.PostgresServer;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresLockConformanceIT extends LockConformance {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  private static String database;

  @BeforeAll
  static void createDatabase() {
    database = server.createDatabase();
  }

  @Override
  protected LockDriver openDriver() {
    return new PostgresLockProvider()
        .open(
            TestComponents.spec(
                "lock.postgresql", "connectionString", TestComponents.at(server, database)));
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }
}
