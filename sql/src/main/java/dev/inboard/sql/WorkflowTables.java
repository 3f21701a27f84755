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

  /**
   * What a database calls its types.
   *
   * @param key a number that the database gives to each row and never gives again
   * @param row the same for a table that never gives back what it has given, which costs less
   * @param number a number of 64 bits
   * @param bytes bytes of any length
   */
  public record Types(String key, String row, String number, String bytes) {}

  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS wf_instance (
            pk {key},
            app TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            execution_id TEXT NOT NULL,
            status TEXT NOT NULL,
            generation {number} NOT NULL,
            turn {number} NOT NULL,
            owner TEXT,
            epoch {number} NOT NULL,
            wake_at {number},
            recoveries {number} NOT NULL,
            orphaned {number} NOT NULL,
            inbox_count {number} NOT NULL,
            input {bytes},
            output {bytes},
            failure {bytes},
            custom_status {bytes},
            waiting_for TEXT NOT NULL,
            parent_id TEXT,
            parent_execution_id TEXT,
            parent_generation {number} NOT NULL,
            parent_task {number} NOT NULL,
            created_at {number} NOT NULL,
            start_at {number} NOT NULL,
            started_at {number},
            updated_at {number} NOT NULL,
            finished_at {number},
            events {number} NOT NULL,
            history_bytes {number} NOT NULL,
            UNIQUE (app, id))\
          """,
          """
          CREATE TABLE IF NOT EXISTS wf_history (
            row {row},
            instance {number} NOT NULL,
            turn {number} NOT NULL,
            payload {bytes} NOT NULL)\
          """,
          "CREATE UNIQUE INDEX IF NOT EXISTS wf_history_turn ON wf_history (instance, turn)",
          """
          CREATE TABLE IF NOT EXISTS wf_inbox (
            number {key},
            instance {number} NOT NULL,
            message_id TEXT NOT NULL,
            payload {bytes} NOT NULL,
            UNIQUE (instance, message_id))\
          """,
          """
          CREATE TABLE IF NOT EXISTS wf_payload (
            instance {number} PRIMARY KEY,
            input {bytes} NOT NULL)\
          """,
          """
          CREATE TABLE IF NOT EXISTS wf_tag (
            instance {number} NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (instance, name))\
          """,
          """
          CREATE TABLE IF NOT EXISTS wf_node (
            id TEXT PRIMARY KEY,
            lease_until {number} NOT NULL,
            process TEXT NOT NULL)\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_instance_due ON wf_instance (app, wake_at)
            WHERE owner IS NULL AND finished_at IS NULL AND wake_at IS NOT NULL\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_instance_owner ON wf_instance (owner)
            WHERE owner IS NOT NULL\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_instance_mail ON wf_instance (owner)
            WHERE owner IS NOT NULL AND inbox_count > 0\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_instance_parent ON wf_instance (parent_id)
            WHERE parent_id IS NOT NULL\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_instance_finished ON wf_instance (app, finished_at)
            WHERE finished_at IS NOT NULL\
          """,
          "CREATE INDEX IF NOT EXISTS wf_instance_created ON wf_instance (app, created_at, id)");

  private static final List<String> QUEUE_STEPS =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS wf_task (
            number {key},
            app TEXT NOT NULL,
            queue TEXT NOT NULL,
            priority {number} NOT NULL,
            instance {number} NOT NULL {instance},
            activity TEXT NOT NULL,
            generation {number} NOT NULL,
            task {number} NOT NULL,
            attempt {number} NOT NULL,
            created_at {number} NOT NULL,
            visible_at {number} NOT NULL,
            owner TEXT,
            epoch {number} NOT NULL,
            lease_until {number} NOT NULL,
            recoveries {number} NOT NULL,
            payload {bytes} NOT NULL)\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_task_order ON wf_task (app, queue, priority, number)
            WHERE owner IS NULL\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_task_visible ON wf_task (app, queue, visible_at)
            WHERE owner IS NULL\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_task_claimed ON wf_task (app, queue, lease_until)
            WHERE owner IS NOT NULL\
          """,
          "CREATE INDEX IF NOT EXISTS wf_task_instance ON wf_task (instance)",
          """
          CREATE TABLE IF NOT EXISTS wf_queue (
            app TEXT NOT NULL,
            name TEXT NOT NULL,
            listened_until {number} NOT NULL,
            PRIMARY KEY (app, name))\
          """,
          """
          CREATE TABLE IF NOT EXISTS wf_queue_start (
            number {key},
            app TEXT NOT NULL,
            queue TEXT NOT NULL,
            claimed_at {number} NOT NULL)\
          """,
          """
          CREATE INDEX IF NOT EXISTS wf_queue_start_time
            ON wf_queue_start (app, queue, claimed_at)\
          """);

  /** The row of {@link #METADATA} with the number of steps done. */
  public static final String LEVEL = "migrations";

  /** Returns the steps that bring a database to the shape without queues. */
  public static List<String> steps(Types types) {
    return STEPS.stream().map(step -> inTerms(types, step)).toList();
  }

  /**
   * Returns the steps that add the queues.
   *
   * @param instance what stands after a column that refers to an instance, so that a node that does
   *     not know the table takes the rows away with the instance; empty when the database cannot
   */
  public static List<String> queueSteps(Types types, String instance) {
    return QUEUE_STEPS.stream()
        .map(step -> inTerms(types, step).replace(" {instance}", instance))
        .toList();
  }

  private static String inTerms(Types types, String step) {
    return step.replace("{key}", types.key)
        .replace("{row}", types.row)
        .replace("{number}", types.number)
        .replace("{bytes}", types.bytes);
  }

  private WorkflowTables() {}
}
