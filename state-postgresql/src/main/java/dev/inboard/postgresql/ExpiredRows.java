package dev.inboard.postgresql;

import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import java.sql.PreparedStatement;
import java.time.Duration;

/**
 * Removes expired rows. Of all processes that share the table, sidecars included, one does it in
 * each interval: whoever moves the time of the last removal, which they keep in a common row.
 */
final class ExpiredRows implements PeriodicJob.Task {
  private static final int STRETCH = 5_000;

  private final PostgresDatabase database;
  private final Call call;
  private final Duration interval;
  private final String key;
  private final String claim;
  private final String delete;

  ExpiredRows(
      PostgresComponent component,
      Duration interval,
      String metadata,
      StateLayout layout,
      StateTable table) {
    this.database = component.database();
    this.call = component.call("cleanup");
    this.interval = interval;
    this.key = layout.lastCleanup();
    this.claim =
        "INSERT INTO "
            + metadata
            + " AS m (key, value) VALUES (?, now()::text) ON CONFLICT (key) DO UPDATE"
            + " SET value = now()::text"
            + " WHERE extract(epoch FROM now() - m.value::timestamp with time zone) * 1000 > ?"
            + " OR m.value::timestamp with time zone > now()";
    this.delete = table.sql().deleteEnded;
  }

  @Override
  public void run() throws InterruptedException {
    Integer claimed =
        database.perform(
            call,
            session -> {
              PreparedStatement statement = session.prepare(claim);
              statement.setString(1, key);
              statement.setLong(2, interval.toMillis() - 100);
              return statement.executeUpdate();
            });
    boolean more = claimed != null && claimed > 0;
    while (more) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Integer deleted =
          database.perform(
              call,
              session -> {
                PreparedStatement statement = session.prepare(delete);
                statement.setInt(1, STRETCH);
                return statement.executeUpdate();
              });
      more = deleted != null && deleted == STRETCH;
    }
  }
}
