package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresServerIT {
  @RegisterExtension
  static final PostgresServer postgres = PostgresServer.create("max_connections = 20");

  private String url;

  @BeforeEach
  void createTable() throws SQLException {
    postgres.start();
    url = postgres.jdbcUrl(postgres.createDatabase());
    execute(url, "CREATE TABLE numbers (n int)");
  }

  @Test
  void keepsCommittedRowsOverACrash() throws SQLException {
    for (int i = 0; i < 100; i++) {
      execute(url, "INSERT INTO numbers VALUES (" + i + ")");
    }

    try (Connection open = DriverManager.getConnection(url);
        Statement statement = open.createStatement()) {
      postgres.kill();
      assertThat(postgres.isRunning()).isFalse();
      assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
    }
    postgres.start();

    assertThat(query(url, "SELECT count(*) FROM numbers")).isEqualTo("100");
  }

  @Test
  void stopsWhileClientsAreConnected() throws SQLException {
    execute(url, "INSERT INTO numbers VALUES (1)");

    try (Connection open = DriverManager.getConnection(url)) {
      postgres.restart();
      assertThat(open.isValid(5)).isFalse();
    }

    assertThat(query(url, "SELECT count(*) FROM numbers")).isEqualTo("1");
  }

  @Test
  void stallsItsBackendsToo() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url + "&socketTimeout=1");
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      postgres.stall();
      try {
        assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
      } finally {
        postgres.resume();
      }
    }

    assertThat(query(url, "SELECT 42")).isEqualTo("42");
  }

  @Test
  void writesThroughToTheDisk() throws SQLException {
    assertThat(query(url, "SHOW fsync")).isEqualTo("on");
    assertThat(query(url, "SHOW synchronous_commit")).isEqualTo("on");
    assertThat(query(url, "SHOW max_connections")).isEqualTo("20");
    assertThat(query(url, "SHOW server_encoding")).isEqualTo("UTF8");
  }

  @Test
  void givesEachTestADatabase() {
    assertThat(postgres.createDatabase()).isNotEqualTo(postgres.createDatabase());
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
