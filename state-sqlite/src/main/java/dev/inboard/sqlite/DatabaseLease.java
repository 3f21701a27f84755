package dev.inboard.sqlite;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One component's share in an open database. Components whose settings name the same file in the
 * same way share one database, hence one writer and its commits; the last to close closes it.
 *
 * <p>A database in memory belongs to one component alone.
 */
final class DatabaseLease implements AutoCloseable {
  private static final ConcurrentMap<SqliteSettings, Shared> OPEN = new ConcurrentHashMap<>();

  private final SqliteSettings key;
  private final SqliteDatabase database;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** An entry of the table of open databases. */
  private static final class Shared {
    private int users; // changed only within compute()
    private @Nullable SqliteDatabase database; // guarded by this

    synchronized SqliteDatabase open(SqliteSettings settings) throws SQLException {
      SqliteDatabase open = database;
      if (open == null) {
        open = new SqliteDatabase(settings);
        database = open;
      }
      return open;
    }
  }

  private DatabaseLease(SqliteSettings key, SqliteDatabase database) {
    this.key = key;
    this.database = database;
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
      return new DatabaseLease(settings, new SqliteDatabase(settings));
    }
    SqliteSettings key = settings.at(realPath(file, settings.connection().mode()));
    Shared shared = OPEN.compute(key, (k, found) -> join(found));
    try {
      return new DatabaseLease(key, shared.open(key));
    } catch (SQLException | RuntimeException e) {
      OPEN.compute(key, (k, found) -> leave(found));
      throw e;
    }
  }

  private static Shared join(@Nullable Shared found) {
    Shared shared = found == null ? new Shared() : found;
    shared.users++;
    return shared;
  }

  private static @Nullable Shared leave(@Nullable Shared found) {
    return found == null || --found.users == 0 ? null : found;
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
    return database;
  }

  /**
   * Returns when all that was submitted before is done; closes the database if nobody else uses it.
   * Calling it again does nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    boolean last = key.connection().file() == null;
    if (!last) {
      last = OPEN.compute(key, (k, found) -> leave(found)) == null;
    }
    if (last) {
      database.close();
    } else {
      database.flush();
    }
  }
}
