package dev.inboard.sqlite;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.sql.Identifiers;
import dev.inboard.sql.Migrations;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The two tables of a state store, as a sidecar makes them: entries, and metadata about them.
 *
 * @param stateName the name of the table of entries
 * @param metadataName the name of the table of metadata
 */
record StateTables(String stateName, String metadataName) {
  static final Option<String> TABLE_NAME =
      Option.of("tableName", Option.Kind.TEXT, Identifiers::simple)
          .or("state")
          .about("Table of the entries; created if absent");

  static final Option<String> METADATA_TABLE_NAME =
      Option.of("metadataTableName", Option.Kind.TEXT, Identifiers::simple)
          .or("metadata")
          .about("Table in which migrations and cleanups are recorded; created if absent");

  static StateTables of(ComponentSpec spec) {
    return new StateTables(spec.get(TABLE_NAME), spec.get(METADATA_TABLE_NAME));
  }

  /** Returns the name of the table of entries as it stands in SQL. */
  String state() {
    return Identifiers.quoted(stateName);
  }

  /** Returns the name of the table of metadata as it stands in SQL. */
  String metadata() {
    return Identifiers.quoted(metadataName);
  }

  /** Returns the name of the table of events that wait, as it stands in SQL. */
  String outbox() {
    return Identifiers.quoted(stateName + "_outbox");
  }

  /**
   * Returns the row that holds the time of the last cleanup: a sidecar's, and one for each further
   * table, which would otherwise never get its turn.
   */
  String lastCleanupKey() {
    return stateName.equals("state") ? "last-cleanup" : "last-cleanup-" + stateName;
  }

  /** Says whether the tables are there and need no migration. */
  boolean areReady(Session session) throws SQLException {
    return exists(session, metadataName)
        && exists(session, stateName)
        && migrations().areDone(session);
  }

  /** Makes the tables, or brings them to their present shape. Runs in a writing transaction. */
  void prepare(Session session) throws SQLException {
    migrations().apply(session);
    session.execute(create()); // the record may be that of another table beside the same metadata
  }

  /** Finds out whether the columns are as expected. */
  void check(Session session) throws SQLException {
    session
        .prepare(
            "SELECT key, value, is_binary, etag, expiration_time, update_time FROM "
                + state()
                + " LIMIT 0")
        .executeQuery()
        .close();
  }

  private Migrations migrations() {
    return new Migrations(metadata(), "migrations", List.of(create()));
  }

  private String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + state()
        + " (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL,"
        + " etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL,"
        + " update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
  }

  private static boolean exists(Session session, String table) throws SQLException {
    PreparedStatement statement =
        session.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
    statement.setString(1, table);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next();
    }
  }
}
