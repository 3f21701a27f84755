package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * A function of the database that makes JSON of a value, or null when the value is none. Made when
 * the first query comes; indexes may use it.
 */
final class JsonFunction {
  private final PostgresDatabase database;
  private final TableMigrations migrations;
  private final String name;
  private volatile boolean exists;

  /**
   * Describes the function, which lies in the schema of the table.
   *
   * @param metadata the table in which migrations are recorded
   */
  JsonFunction(PostgresDatabase database, String metadata, String table) {
    this.database = database;
    this.name = table.substring(0, table.indexOf('.') + 1) + "inboard_json";
    this.migrations =
        new TableMigrations(
            metadata,
            "migrations-" + name,
            table,
            List.of(
                "CREATE OR REPLACE FUNCTION "
                    + name
                    + "(value bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE"
                    + " AS $$ BEGIN RETURN convert_from(value, 'UTF8')::jsonb;"
                    + " EXCEPTION WHEN data_exception OR program_limit_exceeded THEN RETURN NULL;"
                    + " END $$"));
  }

  String name() {
    return name;
  }

  /** Makes the function if it is absent. Not within a transaction. */
  void prepare() throws SQLException {
    if (!exists) {
      try (Session session = database.openPatient()) {
        migrations.apply(session);
      }
      exists = true;
    }
  }
}
