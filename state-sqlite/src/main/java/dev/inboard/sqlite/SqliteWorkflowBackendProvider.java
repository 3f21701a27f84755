package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Option;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendProvider;
import dev.inboard.sql.Call;
import dev.inboard.sql.Migrations;
import dev.inboard.sql.WorkflowTables;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * {@code workflowbackend.sqlite}: workflow instances in an SQLite file, which may be the one that
 * the state is kept in. Made for one process; a second one on the same machine may share the file,
 * and takes over at once what a dead one has left.
 */
public final class SqliteWorkflowBackendProvider implements WorkflowBackendProvider {
  private static final Migrations MIGRATIONS =
      new Migrations(WorkflowTables.METADATA, WorkflowTables.LEVEL, steps());

  /** Called by the service loader. */
  public SqliteWorkflowBackendProvider() {}

  private static List<String> steps() {
    WorkflowTables.Types types =
        new WorkflowTables.Types(
            "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER PRIMARY KEY", "INTEGER", "BLOB");
    List<String> steps = new ArrayList<>(WorkflowTables.steps(types));
    steps.addAll(WorkflowTables.queueSteps(types, ""));
    return List.copyOf(steps);
  }

  @Override
  public String type() {
    return "workflowbackend.sqlite";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("workflowbackend.sqlite3");
  }

  @Override
  public List<Option<?>> options() {
    return SqliteSettings.OPTIONS;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return SqliteSettings.of(spec).connection().isReadOnly()
        ? List.of(
            "the connection string opens the file for reading only; workflows must be written")
        : List.of();
  }

  @Override
  public void warmUp() {
    NativeLibrary.warmUp();
  }

  @Override
  public WorkflowBackendDriver open(ComponentSpec spec) {
    Call call =
        (code, reason, cause) -> new InboardException(code, spec.label(), "open", reason, cause);
    try {
      DatabaseLease lease = DatabaseLease.open(SqliteSettings.of(spec));
      try {
        prepare(lease.database(), call);
      } catch (RuntimeException e) {
        lease.close();
        throw e;
      }
      boolean durable = SqliteSettings.of(spec).connection().file() != null;
      Set<Feature> features =
          durable ? Set.of(Feature.DURABLE, Feature.TASK_QUEUES) : Set.of(Feature.TASK_QUEUES);
      return new SqliteWorkflowBackendDriver(
          spec.label(), spec.appId(), spec.clock(), lease, features);
    } catch (SQLException e) {
      throw call.failed(
          SqliteErrors.INSTANCE.judge(e).code(), SqliteErrors.INSTANCE.judge(e).reason(), e);
    } catch (IOException e) {
      throw call.failed(ErrorCode.UNAVAILABLE, "the file cannot be made: " + e.getMessage(), e);
    }
  }

  private static void prepare(SqliteDatabase database, Call call) {
    try {
      database
          .write(
              call,
              session -> {
                MIGRATIONS.apply(session);
                return null;
              })
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof InboardException failure ? failure : e;
    }
  }
}
