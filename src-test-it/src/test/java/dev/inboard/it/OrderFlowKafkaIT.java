package dev.inboard.it;

import dev.inboard.test.server.KafkaBroker;
import dev.inboard.test.server.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link OrderFlow} on the folder {@code postgresql-kafka}. */
class OrderFlowKafkaIT extends OrderFlow {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  private static String database;

  @BeforeAll
  static void createDatabase() {
    database =
        "postgres://"
            + PostgresServer.USER
            + "@"
            + postgres.address()
            + "/"
            + postgres.createDatabase();
  }

  @Override
  String folder() {
    return "postgresql-kafka";
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("postgresql", database, "kafka", kafka.bootstrapServers());
  }

  @Override
  boolean keepsOrderPerKey() {
    return true;
  }
}
