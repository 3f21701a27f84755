package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.sql.SqlErrors;
import java.sql.SQLException;

/** Knows what SQLite's result codes mean. */
final class SqliteErrors implements SqlErrors {
  static final SqliteErrors INSTANCE = new SqliteErrors();

  private SqliteErrors() {}

  @Override
  public Verdict judge(SQLException failure) {
    String told = told(failure);
    return switch (failure.getErrorCode()) {
      case 0 -> // the JDBC driver's own: a closed connection, a native library that does not load
          new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      case 5, 6 -> // SQLITE_BUSY, SQLITE_LOCKED
          new Verdict(
              ErrorCode.UNAVAILABLE,
              told + "; another process holds the lock for longer than 'busyTimeout'",
              Extent.TRANSACTION);
      case 3, 23 -> // SQLITE_PERM, SQLITE_AUTH
          new Verdict(ErrorCode.PERMISSION_DENIED, told, Extent.TRANSACTION);
      case 8 -> // SQLITE_READONLY
          new Verdict(
              ErrorCode.PERMISSION_DENIED,
              told + "; make the file and its folder writable, or read with mode=ro",
              Extent.TRANSACTION);
      case 9 -> // SQLITE_INTERRUPT
          new Verdict(ErrorCode.CANCELLED, told, Extent.TRANSACTION);
      case 7 -> // SQLITE_NOMEM
          new Verdict(ErrorCode.EXHAUSTED, told, Extent.TRANSACTION);
      case 13 -> // SQLITE_FULL
          new Verdict(ErrorCode.EXHAUSTED, told + "; free some space", Extent.TRANSACTION);
      case 11, 24, 26 -> // SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB
          new Verdict(
              ErrorCode.DATA_LOSS,
              told + "; restore the file from a backup or repair it with sqlite3's .recover",
              Extent.CONNECTION);
      case 10, 14, 15, 22 -> // SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_NOLFS
          new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      case 18 -> // SQLITE_TOOBIG
          new Verdict(ErrorCode.INVALID_ARGUMENT, told, Extent.STATEMENT);
      case 19 -> // SQLITE_CONSTRAINT
          new Verdict(ErrorCode.CONFLICT, told, Extent.STATEMENT);
      default -> // SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_RANGE
          new Verdict(ErrorCode.INTERNAL, told, Extent.STATEMENT);
    };
  }

  private static String told(SQLException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure.getMessage() : failure.getMessage() + ": " + cause.getMessage();
  }
}
