package dev.inboard.postgresql;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationProvider;
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
    return PostgresComponent.open(
        spec,
        (component, session) ->
            new PostgresConfigurationDriver(
                component,
                ConfigurationTable.open(session, spec.get(TABLE), component.call("open")),
                new ConfigurationListener(
                    component.database(),
                    spec.label(),
                    spec.get(CHANNEL),
                    spec.get(POLL_INTERVAL))));
  }
}
