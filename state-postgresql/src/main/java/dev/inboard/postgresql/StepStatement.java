package dev.inboard.postgresql;

import dev.inboard.spi.workflow.JointWorkflowBackendDriver.BegunStep;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Steps that are done in the transaction that writes their effect. */
final class StepStatement {
  /** Makes the table. Rows of an instance go with it. */
  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS wf_step (
        instance BIGINT NOT NULL REFERENCES wf_instance (pk) ON DELETE CASCADE,
        generation BIGINT NOT NULL,
        task BIGINT NOT NULL,
        result BYTEA,
        PRIMARY KEY (instance, generation, task))""";

  private static final String INSTANCE =
      "SELECT pk FROM wf_instance WHERE app = ? AND id = ? AND execution_id = ?";
  private static final String FORGET = "DELETE FROM wf_step WHERE instance = ? AND generation < ?";
  private static final String BEGIN =
      "INSERT INTO wf_step (instance, generation, task) VALUES (?, ?, ?)"
          + " ON CONFLICT DO NOTHING RETURNING task";
  private static final String RESULT =
      "SELECT result FROM wf_step WHERE instance = ? AND generation = ? AND task = ?";
  private static final String END =
      "UPDATE wf_step SET result = ? WHERE instance ="
          + " (SELECT pk FROM wf_instance WHERE app = ? AND id = ? AND execution_id = ?)"
          + " AND generation = ? AND task = ?";

  private StepStatement() {}

  /** Begins a step; waits while another transaction is at it. */
  static @Nullable BegunStep begin(Session session, String app, Step step) throws SQLException {
    long instance;
    PreparedStatement find = session.prepare(INSTANCE);
    find.setString(1, app);
    find.setString(2, step.id());
    find.setString(3, step.executionId());
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      instance = row.getLong(1);
    }
    if (step.generation() > 1) {
      PreparedStatement forget = session.prepare(FORGET);
      forget.setLong(1, instance);
      forget.setLong(2, step.generation());
      forget.executeUpdate();
    }
    if (returnsRow(session, BEGIN, instance, step)) {
      return new BegunStep(false, null);
    }
    PreparedStatement result = session.prepare(RESULT);
    set(result, instance, step);
    try (ResultSet row = result.executeQuery()) {
      return row.next() ? new BegunStep(true, row.getBytes(1)) : null;
    }
  }

  private static boolean returnsRow(Session session, String sql, long instance, Step step)
      throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    set(statement, instance, step);
    try (ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }

  private static void set(PreparedStatement statement, long instance, Step step)
      throws SQLException {
    statement.setLong(1, instance);
    statement.setLong(2, step.generation());
    statement.setLong(3, step.task());
  }

  /** Notes the result of a step that this transaction has begun. */
  static void end(Session session, String app, Step step, byte @Nullable [] result)
      throws SQLException {
    PreparedStatement statement = session.prepare(END);
    statement.setBytes(1, result);
    statement.setString(2, app);
    statement.setString(3, step.id());
    statement.setString(4, step.executionId());
    statement.setLong(5, step.generation());
    statement.setLong(6, step.task());
    statement.executeUpdate();
  }
}
