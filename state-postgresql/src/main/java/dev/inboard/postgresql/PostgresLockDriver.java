package dev.inboard.postgresql;

import dev.inboard.spi.Feature;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.sql.PeriodicJob;
import dev.inboard.sql.Work;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Leases in a table of PostgreSQL. The server's clock decides when one ends.
 *
 * <p>A row stays for a day after its lease, because its token must go on growing; afterwards the
 * clock alone sees to that.
 */
final class PostgresLockDriver implements LockDriver {
  private static final Duration CLEANUP = Duration.ofHours(1);

  private final PostgresComponent component;
  private final PeriodicJob cleanup;
  private final String lock;
  private final String renew;
  private final String unlock;
  private final String forget;

  PostgresLockDriver(PostgresComponent component, String table) {
    this.component = component;
    String end = "clock_timestamp() + ? * interval '1 millisecond'";
    String held = "owner IS NOT NULL AND expires_at > clock_timestamp()";
    lock =
        "INSERT INTO "
            + table
            + " AS l (key, owner, token, expires_at) VALUES (?, ?,"
            + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, "
            + end
            + ") ON CONFLICT (key) DO UPDATE SET owner = excluded.owner,"
            + " token = GREATEST(l.token + 1, excluded.token), expires_at = "
            + end
            + " WHERE l.owner IS NULL OR l.expires_at <= clock_timestamp() RETURNING l.token";
    renew =
        "UPDATE " + table + " SET expires_at = " + end + " WHERE key = ? AND owner = ? AND " + held;
    unlock =
        "WITH u AS (UPDATE "
            + table
            + " SET owner = NULL, expires_at = clock_timestamp() WHERE key = ? AND owner = ? AND "
            + held
            + " RETURNING 1) SELECT EXISTS (SELECT FROM u), EXISTS (SELECT FROM "
            + table
            + " WHERE key = ? AND owner <> ? AND "
            + held
            + ")";
    forget = "DELETE FROM " + table + " WHERE expires_at < clock_timestamp() - interval '1 day'";
    cleanup = new PeriodicJob(component.label() + " cleanup", CLEANUP, this::forgetOld);
  }

  private void forgetOld() {
    component
        .database()
        .perform(component.call("cleanup"), session -> session.prepare(forget).executeUpdate());
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public CompletionStage<Void> ping() {
    return component.ping();
  }

  @Override
  public CompletionStage<@Nullable Long> tryLock(String key, String owner, Duration lease) {
    return run(
        "lock '" + key + "'",
        session -> {
          PreparedStatement statement = session.prepare(lock);
          statement.setString(1, key);
          statement.setString(2, owner);
          statement.setLong(3, lease.toMillis());
          statement.setLong(4, lease.toMillis());
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : null;
          }
        });
  }

  @Override
  public CompletionStage<Boolean> renew(String key, String owner, Duration lease) {
    return run(
        "renew '" + key + "'",
        session -> {
          PreparedStatement statement = session.prepare(renew);
          statement.setLong(1, lease.toMillis());
          statement.setString(2, key);
          statement.setString(3, owner);
          return statement.executeUpdate() > 0;
        });
  }

  @Override
  public CompletionStage<Unlocking> unlock(String key, String owner) {
    return run(
        "unlock '" + key + "'",
        session -> {
          PreparedStatement statement = session.prepare(unlock);
          statement.setString(1, key);
          statement.setString(2, owner);
          statement.setString(3, key);
          statement.setString(4, owner);
          try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1)
                ? Unlocking.RELEASED
                : row.getBoolean(2) ? Unlocking.HELD_BY_ANOTHER : Unlocking.NOT_HELD;
          }
        });
  }

  private <T extends @Nullable Object> CompletableFuture<T> run(String operation, Work<T> work) {
    return component.run(component.call(operation), work);
  }

  @Override
  public void close() {
    component.close(cleanup::close);
  }
}
