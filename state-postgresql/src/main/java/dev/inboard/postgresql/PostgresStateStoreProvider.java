package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import dev.inboard.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code state.postgresql}: state in a PostgreSQL table, which a Dapr sidecar may use at the same
 * time. The version of the component says which of Dapr's two layouts the table has.
 *
 * <p>Writes that come together share a statement and a commit, each durable before it is
 * acknowledged.
 */
public final class PostgresStateStoreProvider implements StateStoreProvider {
  private static final Option<String> TABLE_NAME =
      Option.of("tableName", Option.Kind.TEXT, TableNames::table)
          .or("state")
          .about("v1: table of the entries, with or without its schema; created if absent");
  private static final Option<@Nullable String> TABLE_PREFIX =
      Option.of("tablePrefix", Option.Kind.TEXT, TableNames::prefix)
          .about(
              "v2: what comes before `state` in the name of the table, such as `shop_` or a schema"
                  + " and a dot");
  private static final Option<Duration> CLEANUP_INTERVAL =
      Option.duration("cleanupInterval")
          .or(Duration.ofHours(1))
          .alias("cleanupIntervalInSeconds")
          .about("Time between removals of expired rows, which are invisible anyway; 0 for none");

  /** Called by the service loader. */
  public PostgresStateStoreProvider() {}

  @Override
  public String type() {
    return "state.postgresql";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("state.postgres");
  }

  @Override
  public Set<String> versions() {
    return Set.of("v1", "v2");
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> options = new ArrayList<>(PostgresSettings.OPTIONS);
    options.add(TABLE_NAME);
    options.add(TABLE_PREFIX);
    options.add(TableNames.METADATA);
    options.add(CLEANUP_INTERVAL);
    return options;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(PostgresSettings.check(spec));
    if (isV2(spec) && spec.has(TABLE_NAME)) {
      problems.add("'tableName' belongs to version v1; version v2 has 'tablePrefix'");
    }
    if (!isV2(spec) && spec.has(TABLE_PREFIX)) {
      problems.add("'tablePrefix' belongs to version v2; version v1 has 'tableName'");
    }
    return problems;
  }

  private static boolean isV2(ComponentSpec spec) {
    return spec.version().equals("v2");
  }

  @Override
  public StateStoreDriver open(ComponentSpec spec) {
    String prefix = spec.get(TABLE_PREFIX);
    StateLayout layout =
        isV2(spec)
            ? StateLayout.v2(prefix == null ? "" : prefix)
            : StateLayout.v1(spec.get(TABLE_NAME));
    String metadata = spec.get(TableNames.METADATA);
    StateTable table = new StateTable(layout);
    return PostgresComponent.open(
        spec,
        (component, session) -> {
          prepare(session, metadata, layout, component.call("open"));
          return new PostgresStateStoreDriver(
              component,
              durability(session),
              table,
              new OutboxTable(component.database(), metadata, layout.table()),
              new JsonFunction(component.database(), metadata, layout.table()),
              cleanup(spec, component, layout, table));
        });
  }

  private static @Nullable PeriodicJob cleanup(
      ComponentSpec spec, PostgresComponent component, StateLayout layout, StateTable table) {
    Duration interval = spec.get(CLEANUP_INTERVAL);
    if (interval.compareTo(Duration.ZERO) <= 0) {
      return null;
    }
    ExpiredRows task =
        new ExpiredRows(component, interval, spec.get(TableNames.METADATA), layout, table);
    return new PeriodicJob(spec.label() + " cleanup", interval, task);
  }

  private static void prepare(Session session, String metadata, StateLayout layout, Call call)
      throws SQLException {
    try {
      new TableMigrations(metadata, layout.level(), layout.table(), layout.migrations())
          .apply(session);
      session
          .prepare("SELECT " + layout.columns() + " FROM " + layout.table() + " LIMIT 0")
          .executeQuery()
          .close();
    } catch (SQLException e) {
      if ("42703".equals(e.getSQLState())) { // there is no such column
        throw call.failed(
            ErrorCode.INVALID_ARGUMENT,
            "the table '"
                + layout.table()
                + "' has other columns, perhaps those of the component's other version: change the"
                + " version, or give 'tableName' (v1) or 'tablePrefix' (v2)",
            e);
      }
      throw e;
    }
  }

  /** Returns what the server's settings make of a commit. */
  private static Durability durability(Session session) throws SQLException {
    boolean synced =
        shown(session, "fsync").equals("on") && !shown(session, "synchronous_commit").equals("off");
    return synced ? Durability.FSYNC : Durability.OS_BUFFER;
  }

  private static String shown(Session session, String setting) throws SQLException {
    try (ResultSet result = session.prepare("SHOW " + setting).executeQuery()) {
      result.next();
      return result.getString(1);
    }
  }
}
