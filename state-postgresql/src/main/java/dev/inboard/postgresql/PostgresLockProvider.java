package dev.inboard.postgresql;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockProvider;
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
    String table = spec.get(TABLE_NAME);
    TableMigrations migrations =
        new TableMigrations(
            spec.get(TableNames.METADATA), "migrations-lock-" + table, table, steps(table));
    return PostgresComponent.open(
        spec,
        (component, session) -> {
          migrations.apply(session);
          return new PostgresLockDriver(component, table);
        });
  }

  private static List<String> steps(String table) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (key text NOT NULL PRIMARY KEY, owner text, token bigint NOT NULL,"
            + " expires_at TIMESTAMP WITH TIME ZONE NOT NULL)");
  }
}
