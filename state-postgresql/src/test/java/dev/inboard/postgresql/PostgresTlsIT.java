package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.test.server.SelfSigned;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that wants TLS and a password. */
class PostgresTlsIT {
  private static final String PASSWORD = "planted with space & 'quote'";

  @RegisterExtension static final PostgresServer server = PostgresServer.createStrict();

  @TempDir static Path folder;

  @BeforeAll
  static void createUser() {
    server.execute("CREATE ROLE shop LOGIN PASSWORD '" + PASSWORD.replace("'", "''") + "'");
    server.execute("CREATE DATABASE shop OWNER shop");
  }

  private static PostgresStateStoreDriver open(
      String host, String mode, Path authority, String password) {
    return TestComponents.state(
        "v2",
        "connectionString",
        "host="
            + host
            + " port="
            + server.port()
            + " user=shop dbname=shop sslmode="
            + mode
            + (authority == null ? "" : " sslrootcert=" + authority),
        "password",
        password);
  }

  private static boolean isEncrypted() throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) > 0 AND bool_and(s.ssl) FROM pg_stat_ssl s JOIN"
                    + " pg_stat_activity a USING (pid) WHERE a.usename = 'shop'")) {
      return row.next() && row.getBoolean(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, allow, false",
    "127.0.0.1, prefer, false",
    "127.0.0.1, require, false",
    "127.0.0.1, require, true",
    "127.0.0.1, verify-ca, true",
    "localhost, verify-full, true"
  })
  @DisplayName("modes that suit the server encrypt, and verify what they are to verify")
  void suitableModes(String host, String mode, boolean knowsAuthority) throws SQLException {
    try (PostgresStateStoreDriver store =
        open(host, mode, knowsAuthority ? server.certificate() : null, PASSWORD)) {
      put(store, "a", mode);
      assertThat(text(store, "a")).isEqualTo(mode);
      assertThat(isEncrypted()).isTrue();
    }
  }

  @Test
  @DisplayName("a server of another name, or of another authority, is refused")
  void othersAreRefused() {
    Path other = SelfSigned.create(folder, "localhost");
    assertRefused("127.0.0.1", "verify-full", server.certificate(), ErrorCode.UNAVAILABLE);
    assertRefused("localhost", "verify-full", other, ErrorCode.UNAVAILABLE);
    assertRefused("localhost", "verify-ca", other, ErrorCode.UNAVAILABLE);
    assertRefused("localhost", "require", other, ErrorCode.UNAVAILABLE);
  }

  @Test
  @DisplayName("a server that wants TLS refuses who comes without")
  void plainIsRefused() {
    assertRefused("127.0.0.1", "disable", null, ErrorCode.UNAUTHENTICATED);
  }

  private static void assertRefused(String host, String mode, Path authority, ErrorCode code) {
    assertThatThrownBy(() -> open(host, mode, authority, PASSWORD).close())
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.code()).as("%s", e).isEqualTo(code))
        .hasMessageContaining("orders (state.postgresql)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong", ""})
  @DisplayName("a wrong password is named as such, and not shown")
  void wrongPasswords(String password) {
    assertThatThrownBy(() -> open("127.0.0.1", "require", null, password).close())
        .isInstanceOfSatisfying(
            InboardException.class,
            e -> assertThat(e.code()).as("%s", e).isEqualTo(ErrorCode.UNAUTHENTICATED))
        .hasMessageNotContaining("planted");
  }
}
