package dev.inboard.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  private static final String FIRST = "CREATE TABLE a (x)";
  private static final String SECOND = "ALTER TABLE a ADD COLUMN y"; // fails when run twice

  private Session session;

  @BeforeEach
  void open() throws SQLException {
    session = new Session(DriverManager.getConnection("jdbc:sqlite::memory:"));
  }

  @AfterEach
  void close() {
    session.close();
  }

  private static Migrations of(String... steps) {
    return new Migrations("metadata", "migrations", List.of(steps));
  }

  private String level() throws SQLException {
    try (ResultSet row =
        session.prepare("SELECT value FROM metadata WHERE key = 'migrations'").executeQuery()) {
      return row.next() ? row.getString(1) : "none";
    }
  }

  @Test
  void stepsAreDoneOnceAndRecorded() throws SQLException {
    of(FIRST, SECOND).apply(session);
    assertThat(level()).isEqualTo("2");
    of(FIRST, SECOND).apply(session);
    assertThat(of(FIRST, SECOND).areDone(session)).isTrue();
  }

  @Test
  void onlyNewStepsAreDone() throws SQLException {
    of(FIRST).apply(session);
    assertThat(level()).isEqualTo("1");
    assertThat(of(FIRST, SECOND).areDone(session)).isFalse();
    of(FIRST, SECOND).apply(session);
    assertThat(level()).isEqualTo("2");
  }

  @Test
  void recordOfANewerVersionIsLeftAlone() throws SQLException {
    of(FIRST, SECOND).apply(session);
    of(FIRST).apply(session);
    assertThat(level()).isEqualTo("2");
  }

  @Test
  void recordsOfDifferentThingsAreSeparate() throws SQLException {
    of(FIRST).apply(session);
    new Migrations("metadata", "others", List.of("CREATE TABLE b (x)")).apply(session);
    assertThat(level()).isEqualTo("1");
  }

  @Test
  void unreadableRecordIsAnError() throws SQLException {
    of(FIRST).apply(session);
    session.execute("UPDATE metadata SET value = 'two'");
    assertThatThrownBy(() -> of(FIRST).areDone(session))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("'migrations'")
        .hasMessageContaining("metadata");
  }
}
