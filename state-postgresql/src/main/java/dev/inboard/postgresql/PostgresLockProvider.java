package dev.inboard.postgresql;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockProvider;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import dev.inboard.sql.SharedResources;
import dev.inboard.sql.SqlErrors.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code lock.postgresql}: leases as rows of a table, each with a fencing token. A sidecar has no
 * such component.
 */
public final class PostgresLockProvider implements LockProvider {
  private static final Option<String> TABLE_NAME =
      Option.of("tableName", Option.Kind.TEXT, TableNames::table)
          .or("inboard_lock")
          .about("Table of the leases, with or without its schema; created if absent");

  /** Called by the service loader. */
  public PostgresLockProvider() {}

  @Override
  public String type() {
    return "lock.postgresql";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("lock.postgres");
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> options = new ArrayList<>(PostgresSettings.OPTIONS);
    options.add(TABLE_NAME);
    options.add(TableNames.METADATA);
    return options;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return PostgresSettings.check(spec);
  }

  @Override
  public LockDriver open(ComponentSpec spec) {
    Call call =
        (code, reason, cause) -> new InboardException(code, spec.label(), "open", reason, cause);
    String table = spec.get(TABLE_NAME);
    SharedResources<PostgresSettings, PostgresDatabase>.Lease lease =
        PostgresDatabase.open(PostgresSettings.of(spec));
    try (Session session = lease.resource().openPatient()) {
      new TableMigrations(
              spec.get(TableNames.METADATA), "migrations-lock-" + table, table, steps(table))
          .apply(session);
      return new PostgresLockDriver(spec.label(), lease, table);
    } catch (SQLException e) {
      lease.close();
      Verdict verdict = PostgresErrors.INSTANCE.judge(e);
      throw call.failed(verdict.code(), verdict.reason(), e);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private static List<String> steps(String table) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (key text NOT NULL PRIMARY KEY, owner text, token bigint NOT NULL,"
            + " expires_at TIMESTAMP WITH TIME ZONE NOT NULL)");
  }
}
