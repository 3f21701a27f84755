package dev.inboard.sql;

import dev.inboard.common.ErrorCode;
import java.sql.SQLException;

/** Knows what the errors of one database mean. */
@FunctionalInterface
public interface SqlErrors {
  /** Says what a failure means. */
  Verdict judge(SQLException failure);

  /**
   * What a failure means.
   *
   * @param code for the caller
   * @param reason for the caller: what happened and what to do about it, without any stored value
   * @param extent for the owner of the session
   */
  record Verdict(ErrorCode code, String reason, Extent extent) {}

  /** How far the damage of a failure goes. */
  enum Extent {
    /** The statement had no effect; the transaction goes on. */
    STATEMENT,
    /** The transaction cannot go on and is to be rolled back; the connection is sound. */
    TRANSACTION,
    /** The connection is lost, and its transaction with it. */
    CONNECTION
  }
}
