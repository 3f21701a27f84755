package dev.inboard.sqlite;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.SharedResources;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One component's share in an open database. Components whose settings name the same file in the
 * same way share one database, hence one writer and its commits; the last to close closes it.
 *
 * <p>A database in memory belongs to one component alone.
 */
final class DatabaseLease implements AutoCloseable {
  private static final SharedResources<Object, SqliteDatabase> OPEN = new SharedResources<>();

  private final SharedResources<Object, SqliteDatabase>.Lease lease;

  private volatile @Nullable ComponentTelemetry listener; // written once

  private DatabaseLease(SharedResources<Object, SqliteDatabase>.Lease lease) {
    this.lease = lease;
  }

  /**
   * Opens the database, or joins those who have it open.
   *
   * @throws FileNotFoundException when the file does not exist and must not be made
   * @throws IOException when the folder of the file cannot be made
   */
  static DatabaseLease open(SqliteSettings settings) throws SQLException, IOException {
    Path file = settings.connection().file();
    if (file == null) {
      return open(new Object(), settings);
    }
    SqliteSettings key = settings.at(realPath(file, settings.connection().mode()));
    return open(key, key);
  }

  private static DatabaseLease open(Object key, SqliteSettings settings) throws SQLException {
    return new DatabaseLease(OPEN.<SQLException>lease(key, () -> new SqliteDatabase(settings)));
  }

  private static Path realPath(Path file, ConnectionString.Mode mode) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    if (mode != ConnectionString.Mode.CREATE) {
      throw new FileNotFoundException(file + " does not exist");
    }
    Path folder = file.getParent();
    return folder == null
        ? file
        : Files.createDirectories(folder).toRealPath().resolve(file.getFileName());
  }

  SqliteDatabase database() {
    return lease.resource();
  }

  /**
   * Lets a component listen to the commits of its database, to which others may write, too, until
   * it is closed.
   */
  void observe(ComponentTelemetry telemetry) {
    listener = telemetry;
    database().observe(telemetry);
  }

  /**
   * Returns when all that was submitted before is done; closes the database if nobody else uses it.
   * Calling it again does nothing.
   */
  @Override
  public void close() {
    if (listener != null) {
      database().ignore(listener);
    }
    lease.close();
  }
}
