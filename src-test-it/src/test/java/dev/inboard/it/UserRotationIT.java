package dev.inboard.it;

import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.RabbitMqServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The user of PostgreSQL and RabbitMQ changes while state, topics, locks and workflows are in use:
 * a new one is made on both servers, then written to the secret store, and the old one is locked
 * out once nobody uses it.
 */
class UserRotationIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int ROTATIONS = 3;
  private static final int CALLS_BETWEEN = 500;

  @RegisterExtension static final PostgresServer postgres = PostgresServer.create();
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  @TempDir Path folder;

  @Test
  @DisplayName("no call fails while the users of PostgreSQL and RabbitMQ change under load")
  void usersChange() throws Exception {
    String database = postgres.createDatabase();
    String virtualHost = rabbit.createVirtualHost();
    addUser(0, virtualHost);
    Path resources = resources(database, virtualHost);
    Traffic traffic = new Traffic();
    try (Inboard inboard =
        traffic.addTo(Inboard.builder().appId("rotating").resources(resources)).start()) {
      traffic.begin(inboard);
      for (int i = 1; i <= ROTATIONS; i++) {
        traffic.awaitCalls(CALLS_BETWEEN);
        addUser(i, virtualHost);
        lockOut(i - 1);
      }
      traffic.awaitCalls(CALLS_BETWEEN);
      traffic.endAndAssertNothingFailed();
    }
  }

  private static String user(int number) {
    return "rotating_user_" + number;
  }

  private static String password(int number) {
    return "planted-rotation-of-users-" + number;
  }

  private void addUser(int number, String virtualHost) throws IOException {
    postgres.execute(
        "CREATE ROLE %s SUPERUSER LOGIN PASSWORD '%s'".formatted(user(number), password(number)));
    rabbit.ctl("add_user", user(number), password(number));
    rabbit.ctl("set_permissions", "-p", virtualHost, user(number), ".*", ".*", ".*");
    Path next = folder.resolve("secrets.next");
    Files.writeString(
        next,
        "{\"account\":{\"user\":\"%s\",\"password\":\"%s\"}}"
            .formatted(user(number), password(number)));
    Files.move(next, secrets(), StandardCopyOption.ATOMIC_MOVE);
  }

  private void lockOut(int number) {
    await("connections of the old user are left")
        .atMost(LONG)
        .until(() -> connections(number) == 0 && !hasRabbitConnection(number));
    postgres.execute("ALTER ROLE %s NOLOGIN".formatted(user(number)));
    rabbit.ctl("delete_user", user(number));
  }

  private static int connections(int number) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = ?")) {
      query.setString(1, user(number));
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return result.getInt(1);
      }
    }
  }

  private static boolean hasRabbitConnection(int number) {
    return rabbit.ctl("list_connections", "user").lines().anyMatch(user(number)::equals);
  }

  private Path secrets() {
    return folder.resolve("secrets.json");
  }

  private Path resources(String database, String virtualHost) throws IOException {
    Path resources = Files.createDirectory(folder.resolve("resources"));
    Files.writeString(
        resources.resolve("secrets.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: secrets}
        spec:
          type: secretstores.local.file
          metadata:
          - {name: secretsFile, value: "%s"}
          - {name: multiValued, value: "true"}
          - {name: refreshInterval, value: 100ms}
        """
            .formatted(secrets()));
    for (String block : new String[] {"state", "lock", "workflowbackend"}) {
      write(
          resources,
          block,
          block + ".postgresql",
          """
          - {name: connectionString, value: "host=127.0.0.1 port=%d dbname=%s"}
          - {name: user, secretKeyRef: {name: account, key: user}}
          - {name: password, secretKeyRef: {name: account, key: password}}
          """
              .formatted(postgres.port(), database));
    }
    write(
        resources,
        "pubsub",
        "pubsub.rabbitmq",
        """
        - {name: hostname, value: "127.0.0.1:%d/%s"}
        - {name: username, secretKeyRef: {name: account, key: user}}
        - {name: password, secretKeyRef: {name: account, key: password}}
        - {name: durable, value: "true"}
        - {name: deletedWhenUnused, value: "false"}
        """
            .formatted(rabbit.port(), virtualHost));
    return resources;
  }

  private static void write(Path resources, String name, String type, String metadata)
      throws IOException {
    Files.writeString(
        resources.resolve(name + ".yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: %s}
        spec:
          initTimeout: 60s
          type: %s
          metadata:
        %sauth: {secretStore: secrets}
        """
            .formatted(name, type, metadata.indent(2)));
  }
}
