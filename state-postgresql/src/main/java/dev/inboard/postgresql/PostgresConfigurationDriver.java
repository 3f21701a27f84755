package dev.inboard.postgresql;

import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import dev.inboard.sql.Call;
import dev.inboard.sql.Work;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Configuration items in a PostgreSQL table. */
final class PostgresConfigurationDriver implements WritableConfigurationDriver {
  static final Set<Feature> FEATURES = Set.of(Feature.CONFIGURATION_WRITES, Feature.DURABLE);

  private final PostgresComponent component;
  private final ConfigurationTable table;
  private final ConfigurationListener listener;

  PostgresConfigurationDriver(
      PostgresComponent component, ConfigurationTable table, ConfigurationListener listener) {
    this.component = component;
    this.table = table;
    this.listener = listener;
  }

  @Override
  public Set<Feature> features() {
    return FEATURES;
  }

  @Override
  public CompletionStage<Void> ping() {
    return component.ping();
  }

  @Override
  public CompletionStage<Map<String, StoredItem>> get(Set<String> keys) {
    return run(keys.isEmpty() ? "get all" : "get", session -> table.read(session, keys));
  }

  @Override
  public CompletionStage<ConfigurationWatch> watch(
      Set<String> keys, ConfigurationReceiver receiver) {
    PostgresDatabase database = component.database();
    Call call = component.call("watch");
    return component.guarded(
        call,
        () ->
            database.offThread(
                call,
                () -> {
                  PostgresConfigurationWatch watch =
                      new PostgresConfigurationWatch(
                          keys, receiver, some -> read(database, call, some), listener::remove);
                  // First known, then read: a change in between has it read again.
                  listener.add(watch);
                  boolean begun = false;
                  try {
                    watch.refresh();
                    begun = true;
                    return watch;
                  } finally {
                    if (!begun) {
                      watch.close();
                    }
                  }
                }));
  }

  private Map<String, StoredItem> read(PostgresDatabase database, Call call, Set<String> keys) {
    return Objects.requireNonNull(database.perform(call, session -> table.read(session, keys)));
  }

  @Override
  public CompletionStage<Void> set(String key, String value, String version) {
    return run(
        "set '" + key + "'",
        PostgresDatabase.transaction(
            session -> {
              table.write(session, key, value, version);
              return null;
            }));
  }

  @Override
  public CompletionStage<Void> delete(String key) {
    return run(
        "delete '" + key + "'",
        session -> {
          table.remove(session, key);
          return null;
        });
  }

  private <T extends @Nullable Object> CompletionStage<T> run(String operation, Work<T> work) {
    return component.run(component.call(operation), work);
  }

  @Override
  public void close() {
    component.close(listener::close);
  }
}
