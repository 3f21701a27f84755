package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.sql.SqlErrors;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Knows what PostgreSQL's error states mean. Of the server's messages only the headline is shown:
 * details may hold stored values.
 */
final class PostgresErrors implements SqlErrors {
  static final PostgresErrors INSTANCE = new PostgresErrors();

  private PostgresErrors() {}

  @Override
  public Verdict judge(SQLException failure) {
    if (failure instanceof SQLFeatureNotSupportedException) {
      return new Verdict(ErrorCode.UNSUPPORTED, told(failure), Extent.CONNECTION);
    }
    if (failure instanceof SQLTransientConnectionException) {
      return judgePool(failure);
    }
    String state = String.valueOf(failure.getSQLState());
    String told = told(failure);
    return switch (state) {
      case "57014" ->
          new Verdict(
              ErrorCode.TIMEOUT,
              told + "; nothing was written; raise 'timeout' if it needs more time",
              Extent.TRANSACTION);
      case "57P01", "57P02", "57P03", "57P05" ->
          new Verdict(
              ErrorCode.UNAVAILABLE, told + "; it is restarted or shut down", Extent.CONNECTION);
      case "08004" ->
          new Verdict(
              ErrorCode.UNAUTHENTICATED,
              told + "; check 'password' and sslmode",
              Extent.CONNECTION);
      case "25P02" ->
          new Verdict(
              ErrorCode.INVALID_ARGUMENT,
              "a statement of the transaction has failed before, so nothing was written; let its"
                  + " exception reach the end of the transaction",
              Extent.TRANSACTION);
      case "25P03" ->
          new Verdict(
              ErrorCode.UNAVAILABLE,
              "this process stood still in a transaction, which the server has undone",
              Extent.CONNECTION);
      case "25006" ->
          new Verdict(
              ErrorCode.UNAVAILABLE,
              told
                  + "; it is a standby or set to read-only: connect to the primary, or name all"
                  + " hosts and target_session_attrs=read-write",
              Extent.CONNECTION);
      case "40001", "40P01" ->
          new Verdict(
              ErrorCode.CONFLICT, told + "; nothing was written, try again", Extent.TRANSACTION);
      case "55P03" ->
          new Verdict(ErrorCode.TIMEOUT, told + "; nothing was written", Extent.TRANSACTION);
      case "42501" ->
          new Verdict(
              ErrorCode.PERMISSION_DENIED, told + "; grant it to the user", Extent.TRANSACTION);
      case "42P01", "3F000" ->
          new Verdict(
              ErrorCode.NOT_FOUND,
              told + "; it is made when the component is opened",
              Extent.TRANSACTION);
      case "3D000" -> new Verdict(ErrorCode.NOT_FOUND, told + "; create it", Extent.CONNECTION);
      case "23505" ->
          new Verdict(ErrorCode.CONFLICT, "somebody else wrote the same", Extent.TRANSACTION);
      case "54000" ->
          new Verdict(
              ErrorCode.INVALID_ARGUMENT,
              "too long for the database's index; keys may have about 2,700 bytes",
              Extent.TRANSACTION);
      case "22021" ->
          new Verdict(
              ErrorCode.INVALID_ARGUMENT,
              "PostgreSQL keeps no text with a zero character",
              Extent.TRANSACTION);
      default -> judgeClass(state.length() < 2 ? "" : state.substring(0, 2), told, failure);
    };
  }

  /** Says whether the server refused a write because its disk has no room for it. */
  static boolean isDiskFull(@Nullable Throwable failure) {
    return failure instanceof SQLException refusal && "53100".equals(refusal.getSQLState());
  }

  private static Verdict judgeClass(String kind, String told, SQLException failure) {
    return switch (kind) {
      case "08" ->
          hasCause(failure, SocketTimeoutException.class)
              ? new Verdict(
                  ErrorCode.TIMEOUT,
                  "the server did not answer in time; what was asked for may have taken effect",
                  Extent.CONNECTION)
              : new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      case "28" ->
          new Verdict(
              ErrorCode.UNAUTHENTICATED, told + "; check user and password", Extent.CONNECTION);
      case "53" ->
          new Verdict(
              ErrorCode.EXHAUSTED,
              told + "; the server is at its limit of disk, memory or connections",
              Extent.TRANSACTION);
      case "58" -> new Verdict(ErrorCode.UNAVAILABLE, told, Extent.TRANSACTION);
      case "22" ->
          new Verdict(
              ErrorCode.INVALID_ARGUMENT,
              "the database cannot hold the value (" + failure.getSQLState() + ")",
              Extent.TRANSACTION);
      case "23" -> new Verdict(ErrorCode.CONFLICT, told, Extent.TRANSACTION);
      case "XX" -> new Verdict(ErrorCode.DATA_LOSS, told, Extent.CONNECTION);
      case "57" -> new Verdict(ErrorCode.UNAVAILABLE, told, Extent.CONNECTION);
      default -> new Verdict(ErrorCode.INTERNAL, told, Extent.TRANSACTION);
    };
  }

  /** The pool gave no connection: it could make none, or all are in use. */
  private Verdict judgePool(SQLException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException reason) {
        Verdict verdict = judge(reason);
        return new Verdict(
            verdict.code() == ErrorCode.TIMEOUT ? ErrorCode.UNAVAILABLE : verdict.code(),
            "no connection: " + verdict.reason(),
            Extent.CONNECTION);
      }
    }
    return new Verdict(
        ErrorCode.EXHAUSTED,
        "no connection came free in time; raise 'maxConns', or find out what holds them",
        Extent.CONNECTION);
  }

  private static String told(SQLException failure) {
    ServerErrorMessage server =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    String message = server == null ? failure.getMessage() : server.getMessage();
    Throwable cause = server == null ? failure.getCause() : null;
    return cause == null || cause.getMessage() == null
        ? text(message)
        : text(message) + ": " + cause.getMessage();
  }

  private static String text(@Nullable String message) {
    return message == null ? "the database gave no reason" : message.replaceAll("[.]$", "");
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
