package dev.inboard.postgresql;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import dev.inboard.sql.SharedResources;
import dev.inboard.sql.SqlErrors.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code configuration.postgresql}: items in a PostgreSQL table, in the layout of Dapr's component,
 * with changes told by the database.
 */
public final class PostgresConfigurationProvider implements ConfigurationProvider {
  private static final Option<String> TABLE =
      Option.of("table", Option.Kind.TEXT, TableNames::table)
          .about("Table of the items, with or without its schema; must exist")
          .required();
  private static final Option<@Nullable String> CHANNEL =
      Option.text("notifyChannel")
          .alias("pgNotifyChannel")
          .about("Channel on which a trigger tells of changes; without one, items are polled");
  private static final Option<Duration> POLL_INTERVAL =
      Option.millis("pollInterval")
          .or(Duration.ofSeconds(5))
          .about("How often subscribed items are read again, whether or not a change was told of");

  /** Called by the service loader. */
  public PostgresConfigurationProvider() {}

  @Override
  public String type() {
    return "configuration.postgresql";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("configuration.postgres");
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> options = new ArrayList<>(PostgresSettings.OPTIONS);
    options.add(TABLE);
    options.add(CHANNEL);
    options.add(POLL_INTERVAL);
    return options;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>(PostgresSettings.check(spec));
    if (spec.get(POLL_INTERVAL).compareTo(Duration.ofMillis(10)) < 0) {
      problems.add("'pollInterval' is shorter than 10 ms; write 10ms or more");
    }
    return problems;
  }

  @Override
  public ConfigurationDriver open(ComponentSpec spec) {
    Call call =
        (code, reason, cause) -> new InboardException(code, spec.label(), "open", reason, cause);
    SharedResources<PostgresSettings, PostgresDatabase>.Lease lease =
        PostgresDatabase.open(PostgresSettings.of(spec));
    try (Session session = lease.resource().openPatient()) {
      return new PostgresConfigurationDriver(
          spec.label(),
          lease,
          ConfigurationTable.open(session, spec.get(TABLE), call),
          new ConfigurationListener(
              lease.resource(), spec.label(), spec.get(CHANNEL), spec.get(POLL_INTERVAL)));
    } catch (SQLException e) {
      lease.close();
      Verdict verdict = PostgresErrors.INSTANCE.judge(e);
      throw call.failed(verdict.code(), verdict.reason(), e);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }
}
