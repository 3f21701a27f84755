package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.sql.SqlErrors;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import org.sqlite.SQLiteErrorCode;

/** Knows what SQLite's result codes mean. */
final class SqliteErrors implements SqlErrors {
  static final SqliteErrors INSTANCE = new SqliteErrors();

  private SqliteErrors() {}

  @Override
  public Verdict judge(SQLException failure) {
    String told = told(failure);
    if (failure instanceof SQLFeatureNotSupportedException) { // ours: a database we cannot use
      return new Verdict(ErrorCode.UNSUPPORTED, told, Extent.CONNECTION);
    }
    if (failure instanceof SQLDataException) { // ours: a row we cannot read
      return new Verdict(ErrorCode.DATA_LOSS, told, Extent.STATEMENT);
    }
    return switch (SQLiteErrorCode.getErrorCode(failure.getErrorCode())) {
      case SQLITE_OK -> // the JDBC driver's own: a closed connection, no native library
          new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new Verdict(
              ErrorCode.UNAVAILABLE,
              told + "; another process holds the lock for longer than 'busyTimeout'",
              Extent.TRANSACTION);
      case SQLITE_PERM, SQLITE_AUTH ->
          new Verdict(ErrorCode.PERMISSION_DENIED, told, Extent.TRANSACTION);
      case SQLITE_READONLY ->
          new Verdict(
              ErrorCode.PERMISSION_DENIED,
              told
                  + "; make the file and its folder writable, or read with mode=ro, or with"
                  + " immutable=1 if nobody else writes either",
              Extent.TRANSACTION);
      case SQLITE_INTERRUPT -> new Verdict(ErrorCode.CANCELLED, told, Extent.TRANSACTION);
      case SQLITE_NOMEM -> new Verdict(ErrorCode.EXHAUSTED, told, Extent.TRANSACTION);
      case SQLITE_FULL ->
          new Verdict(ErrorCode.EXHAUSTED, told + "; free some space", Extent.TRANSACTION);
      case SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB ->
          new Verdict(
              ErrorCode.DATA_LOSS,
              told + "; restore the file from a backup or repair it with sqlite3's .recover",
              Extent.CONNECTION);
      case SQLITE_CANTOPEN ->
          new Verdict(
              ErrorCode.UNAVAILABLE,
              told + "; check that it is a file and that its folder may be written to",
              Extent.CONNECTION);
      case SQLITE_IOERR, SQLITE_PROTOCOL, SQLITE_NOLFS ->
          new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      case SQLITE_TOOBIG -> new Verdict(ErrorCode.INVALID_ARGUMENT, told, Extent.STATEMENT);
      case SQLITE_CONSTRAINT -> new Verdict(ErrorCode.CONFLICT, told, Extent.STATEMENT);
      default -> // an SQL text of ours that does not fit the tables, or a misuse
          new Verdict(ErrorCode.INTERNAL, told, Extent.STATEMENT);
    };
  }

  private static String told(SQLException failure) {
    String message = String.valueOf(failure.getMessage());
    Throwable cause = failure.getCause();
    return cause == null ? message : message + ": " + cause.getMessage();
  }
}
