package dev.inboard.sqlite;

import dev.inboard.sql.Session;
import dev.inboard.sql.SessionSource;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Opens connections to one database, set up for writing or for reading. */
final class SqliteSessions {
  /** Pages in the log before they are moved into the file: 40 MB, and half the work of 4 MB. */
  private static final int CHECKPOINT_PAGES = 10_000;

  private static final long LOG_SIZE = CHECKPOINT_PAGES * 4096L;
  private static final Duration LOG_LOOKS = Duration.ofMillis(50);

  private final SqliteSettings settings;

  SqliteSessions(SqliteSettings settings) {
    this.settings = settings;
  }

  /** Opens the connection of the writer. Creates the file, and the log if there is to be one. */
  SessionSource forWriting() {
    Path file = settings.connection().file();
    if (file == null || !settings.wal()) {
      return () -> open(true);
    }
    LogLimit limit = new LogLimit(file, 2 * LOG_SIZE, settings.busyTimeout(), LOG_LOOKS);
    return new SessionSource() {
      @Override
      public Session open() throws SQLException {
        return SqliteSessions.this.open(true);
      }

      @Override
      public void afterCommit(Session session) throws SQLException {
        limit.keep(session);
      }
    };
  }

  /** Opens connections that read. */
  SessionSource forReading() {
    return () -> open(false);
  }

  private Session open(boolean writes) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) Math.min(settings.busyTimeout().toMillis(), Integer.MAX_VALUE));
    config.setReadOnly(settings.connection().isReadOnly());
    SQLiteConnection connection = (SQLiteConnection) config.createConnection(url());
    // Says, without a word to SQLite, that transactions are begun and ended by statements of ours.
    // Otherwise the JDBC driver tries out after each statement whether there is a transaction.
    connection.getConnectionConfig().setAutoCommit(false);
    Session session = new Session(connection);
    try (Statement statement = connection.createStatement()) {
      String encoding = ask(statement, "PRAGMA encoding");
      if (!encoding.equals("UTF-8")) {
        throw new SQLFeatureNotSupportedException(
            "the database is encoded in " + encoding + "; only UTF-8 is read");
      }
      if (writes && settings.connection().file() != null) {
        LockWait wait = new LockWait(settings.busyTimeout());
        BusyHandler.setHandler(connection, wait);
        prepareFile(statement, wait);
      }
      for (String pragma : settings.connection().pragmas()) {
        statement.execute(pragma);
      }
      return session;
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void prepareFile(Statement statement, LockWait wait) throws SQLException {
    String mode = settings.wal() ? "wal" : "delete";
    if (!change(statement, "PRAGMA journal_mode = " + mode, wait).equals(mode)) {
      throw new SQLFeatureNotSupportedException(
          "the file system does not support a write-ahead log; set 'disableWAL' to true");
    }
    boolean full = settings.durability() == Durability.FULL;
    statement.execute("PRAGMA synchronous = " + settings.durability());
    statement.execute("PRAGMA fullfsync = " + full); // on macOS there is a weaker sync, too
    statement.execute("PRAGMA checkpoint_fullfsync = " + full);
    statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    statement.execute("PRAGMA journal_size_limit = " + LOG_SIZE);
  }

  /** SQLite does not wait when another connection changes the mode too, so we do. */
  private static String change(Statement statement, String pragma, LockWait wait)
      throws SQLException {
    for (int waits = 0; ; waits++) {
      try {
        return ask(statement, pragma);
      } catch (SQLiteException e) {
        if (e.getResultCode() != SQLiteErrorCode.SQLITE_BUSY || !wait.sleeps(waits)) {
          throw e;
        }
      }
    }
  }

  private String url() {
    Path file = settings.connection().file();
    if (file == null) {
      return "jdbc:sqlite::memory:";
    }
    String parameter =
        switch (settings.connection().mode()) {
          case CREATE -> "?mode=rwc";
          case READ_WRITE -> "?mode=rw";
          case READ_ONLY -> "?mode=ro";
          case IMMUTABLE -> "?mode=ro&immutable=1";
        };
    return "jdbc:sqlite:" + file.toUri() + parameter;
  }

  private static String ask(Statement statement, String pragma) throws SQLException {
    try (ResultSet rows = statement.executeQuery(pragma)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
