package dev.inboard.sql;

import java.util.List;

/**
 * The tables of a workflow backend. People may read them; only the driver writes them.
 *
 * <p>Times are milliseconds since 1970. What belongs to an instance refers to its {@code pk}, a
 * number that is never used again. Indexes over owners, due times and mail are partial, so that an
 * instance that is at work touches none of them.
 */
public final class WorkflowTables {
  /** The table in which {@link Migrations} records what was done. */
  public static final String METADATA = "wf_metadata";

  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS wf_instance (
            pk INTEGER PRIMARY KEY AUTOINCREMENT,
            app TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            execution_id TEXT NOT NULL,
            status TEXT NOT NULL,
            generation INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            owner TEXT,
            epoch INTEGER NOT NULL,
            wake_at INTEGER,
            recoveries INTEGER NOT NULL,
            orphaned INTEGER NOT NULL,
            inbox_count INTEGER NOT NULL,
            input BLOB,
            output BLOB,
            failure BLOB,
            custom_status BLOB,
            waiting_for TEXT NOT NULL,
            parent_id TEXT,
            parent_execution_id TEXT,
            parent_generation INTEGER NOT NULL,
            parent_task INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            start_at INTEGER NOT NULL,
            started_at INTEGER,
            updated_at INTEGER NOT NULL,
            finished_at INTEGER,
            events INTEGER NOT NULL,
            history_bytes INTEGER NOT NULL,
            UNIQUE (app, id))""",
          """
          CREATE TABLE IF NOT EXISTS wf_history (
            row INTEGER PRIMARY KEY,
            instance INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            payload BLOB NOT NULL)""",
          "CREATE UNIQUE INDEX IF NOT EXISTS wf_history_turn ON wf_history (instance, turn)",
          """
          CREATE TABLE IF NOT EXISTS wf_inbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            instance INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            payload BLOB NOT NULL,
            UNIQUE (instance, message_id))""",
          """
          CREATE TABLE IF NOT EXISTS wf_payload (
            instance INTEGER PRIMARY KEY,
            input BLOB NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS wf_tag (
            instance INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (instance, name))""",
          """
          CREATE TABLE IF NOT EXISTS wf_node (
            id TEXT PRIMARY KEY,
            lease_until INTEGER NOT NULL,
            process TEXT NOT NULL)""",
          """
          CREATE INDEX IF NOT EXISTS wf_instance_due ON wf_instance (app, wake_at)
            WHERE owner IS NULL AND finished_at IS NULL AND wake_at IS NOT NULL""",
          """
          CREATE INDEX IF NOT EXISTS wf_instance_owner ON wf_instance (owner)
            WHERE owner IS NOT NULL""",
          """
          CREATE INDEX IF NOT EXISTS wf_instance_mail ON wf_instance (owner)
            WHERE owner IS NOT NULL AND inbox_count > 0""",
          """
          CREATE INDEX IF NOT EXISTS wf_instance_parent ON wf_instance (parent_id)
            WHERE parent_id IS NOT NULL""",
          """
          CREATE INDEX IF NOT EXISTS wf_instance_finished ON wf_instance (app, finished_at)
            WHERE finished_at IS NOT NULL""",
          "CREATE INDEX IF NOT EXISTS wf_instance_created ON wf_instance (app, created_at, id)");

  /** The steps that bring a database to the present shape. */
  public static final Migrations MIGRATIONS = new Migrations(METADATA, "migrations", STEPS);

  private WorkflowTables() {}
}
