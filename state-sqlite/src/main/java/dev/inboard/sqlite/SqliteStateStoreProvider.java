package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import dev.inboard.sql.SqlErrors.Verdict;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * {@code state.sqlite}: state in an SQLite file, which a Dapr sidecar may use at the same time.
 *
 * <p>Writes of many callers share one commit, each durable before it is acknowledged; reads never
 * wait for writes. Times to live count full seconds and round up.
 */
public final class SqliteStateStoreProvider implements StateStoreProvider {
  private static final Option<Duration> CLEANUP_INTERVAL =
      Option.duration("cleanupInterval")
          .or(Duration.ofHours(1))
          .alias("cleanupIntervalInSeconds")
          .about("Time between removals of expired rows, which are invisible anyway; 0 for none");

  /** Called by the service loader. */
  public SqliteStateStoreProvider() {}

  @Override
  public String type() {
    return "state.sqlite";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("state.sqlite3");
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> options = new ArrayList<>(SqliteSettings.OPTIONS);
    options.add(StateTables.TABLE_NAME);
    options.add(StateTables.METADATA_TABLE_NAME);
    options.add(CLEANUP_INTERVAL);
    return options;
  }

  @Override
  public void warmUp() {
    NativeLibrary.warmUp();
  }

  @Override
  public StateStoreDriver open(ComponentSpec spec) {
    Call call =
        (code, reason, cause) -> new InboardException(code, spec.label(), "open", reason, cause);
    try {
      SqliteSettings settings = SqliteSettings.of(spec);
      DatabaseLease lease = DatabaseLease.open(settings);
      try {
        return open(spec, settings, lease, call);
      } catch (RuntimeException e) {
        lease.close();
        throw e;
      }
    } catch (IllegalArgumentException e) {
      throw call.failed(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    } catch (SQLException e) {
      Verdict verdict = SqliteErrors.INSTANCE.judge(e);
      throw call.failed(verdict.code(), verdict.reason(), e);
    } catch (FileNotFoundException e) {
      throw call.failed(ErrorCode.NOT_FOUND, e.getMessage() + "; mode=rwc would make it", e);
    } catch (AccessDeniedException e) {
      throw call.failed(ErrorCode.PERMISSION_DENIED, "no access to " + e.getFile(), e);
    } catch (IOException e) {
      throw call.failed(ErrorCode.UNAVAILABLE, "its folder cannot be made: " + e.getMessage(), e);
    }
  }

  private static StateStoreDriver open(
      ComponentSpec spec, SqliteSettings settings, DatabaseLease lease, Call call) {
    SqliteDatabase database = lease.database();
    StateTables tables = StateTables.of(spec);
    boolean readOnly = settings.connection().isReadOnly();
    prepare(database, tables, readOnly, call);

    Set<Feature> features =
        EnumSet.of(
            Feature.ETAG, Feature.TRANSACTIONAL, Feature.TTL, Feature.KEY_LISTING, Feature.OUTBOX);
    if (settings.connection().file() != null) {
      features.add(Feature.DURABLE);
    }
    Duration interval = spec.get(CLEANUP_INTERVAL);
    PeriodicJob cleanup = null;
    if (!readOnly && interval.compareTo(Duration.ZERO) > 0) {
      ExpiredRows task = new ExpiredRows(database, tables, spec.clock(), interval, call);
      cleanup = new PeriodicJob(spec.label() + " cleanup", interval, task);
    }
    return new SqliteStateStoreDriver(
        spec.label(),
        lease,
        new StateTable(tables.state(), spec.clock()),
        new OutboxTable(tables.outbox()),
        cleanup,
        Set.copyOf(features),
        durability(settings));
  }

  private static dev.inboard.spi.Durability durability(SqliteSettings settings) {
    if (settings.connection().file() == null) {
      return dev.inboard.spi.Durability.MEMORY;
    }
    return settings.durability() == Durability.FULL
        ? dev.inboard.spi.Durability.FSYNC
        : dev.inboard.spi.Durability.OS_BUFFER;
  }

  private static void prepare(
      SqliteDatabase database, StateTables tables, boolean readOnly, Call call) {
    if (!join(database.read(call, tables::areReady))) {
      if (readOnly) {
        String reason = "the file has no table '" + tables.stateName() + "', and is read-only";
        throw call.failed(ErrorCode.NOT_FOUND, reason, null);
      }
      join(
          database.write(
              call,
              session -> {
                tables.prepare(session);
                return null;
              }));
    }
    join(
        database.read(
            call,
            session -> {
              tables.check(session);
              return null;
            }));
  }

  private static <T> T join(java.util.concurrent.CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
