package dev.inboard.postgresql;

import dev.inboard.sql.Migrations;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.util.PSQLException;

/**
 * Makes tables and brings them to their present shape, as a sidecar does: under a lock on a row of
 * the metadata table, so that of many processes that start together one does it, and recorded
 * there, so that nobody does it again.
 *
 * @param metadata the table of the record, as it stands in SQL
 * @param level the row of the record
 * @param table a table that the first step makes
 */
record TableMigrations(String metadata, String level, String table, List<String> steps) {
  private static final int ATTEMPTS = 5;

  /** Does what is to be done. When there is nothing, it needs no right to write. */
  void apply(Session session) throws SQLException {
    Migrations migrations = new Migrations(metadata, level, steps);
    if (exists(session, metadata) && exists(session, table) && migrations.areDone(session)) {
      return;
    }
    for (int attempt = 1; ; attempt++) {
      try {
        PostgresDatabase.transaction(
                inside -> {
                  migrate(inside, migrations);
                  return null;
                })
            .run(session);
        return;
      } catch (SQLException e) {
        // Two who make the same table at once get in each other's way, IF NOT EXISTS or not.
        if (attempt == ATTEMPTS || !isRace(e)) {
          throw e;
        }
        session.forgetStatements();
      }
    }
  }

  private void migrate(Session session, Migrations migrations) throws SQLException {
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + metadata
            + " (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
    session.execute(
        "INSERT INTO " + metadata + " (key, value) VALUES ('lock', 'lock') ON CONFLICT DO NOTHING");
    session
        .prepare("SELECT value FROM " + metadata + " WHERE key = 'lock' FOR UPDATE")
        .executeQuery()
        .close();
    if (exists(session, table)) {
      migrations.apply(session);
    } else {
      migrations.repeat(session);
    }
  }

  private static boolean isRace(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return failure instanceof PSQLException
        && (state.equals("23505")
            || state.equals("42P07")
            || state.equals("42710")
            || state.equals("40P01")
            || state.equals("40001")
            || state.equals("XX000"));
  }

  private static boolean exists(Session session, String table) throws SQLException {
    PreparedStatement statement = session.prepare("SELECT to_regclass(?) IS NOT NULL");
    statement.setString(1, table);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() && rows.getBoolean(1);
    }
  }
}
