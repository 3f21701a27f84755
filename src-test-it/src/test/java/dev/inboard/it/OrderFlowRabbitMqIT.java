package dev.inboard.it;

import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.RabbitMqServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link OrderFlow} on the folder {@code postgresql-rabbitmq}. */
class OrderFlowRabbitMqIT extends OrderFlow {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

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
    return "postgresql-rabbitmq";
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("postgresql", database, "rabbitmq", rabbit.uri());
  }

  @Override
  boolean keepsOrderPerKey() {
    return false;
  }
}
