package dev.inboard.common;

/**
 * What went wrong, in the terms of what the caller should do now.
 *
 * <p>Programs branch on the code, never on the text of a message. Drivers turn every failure of
 * their client into one of these; only the code decides whether a call is tried again.
 */
public enum ErrorCode {
  /** The thing asked for does not exist. Do not retry; create it or correct the name. */
  NOT_FOUND(false),
  /** The request can never succeed as it stands. Correct it. */
  INVALID_ARGUMENT(false),
  /** The stored entry is not the one the ETag names. Read again, decide again, write again. */
  ETAG_MISMATCH(false),
  /**
   * Another caller was there first (the thing already exists, a transaction was chosen as a
   * victim). Look, then decide.
   */
  CONFLICT(false),
  /** The server does not accept the credentials. Correct them. */
  UNAUTHENTICATED(false),
  /** The credentials, a scope or a policy do not permit this. Ask for the permission. */
  PERMISSION_DENIED(false),
  /**
   * The server cannot be reached or cannot serve now. Retry later; the call may or may not have
   * taken effect.
   */
  UNAVAILABLE(true),
  /** No answer came in time. Retry if the call may be repeated; it may have taken effect. */
  TIMEOUT(true),
  /**
   * A limit is reached: memory, disk, quota, queue length, rate. Retry more slowly, or raise the
   * limit.
   */
  EXHAUSTED(true),
  /** This component cannot do this at all. Use another provider or another operation. */
  UNSUPPORTED(false),
  /** The caller or the shutting-down runtime gave the call up. */
  CANCELLED(false),
  /**
   * Stored data is damaged or cannot be understood. A person must look; a retry changes nothing.
   */
  DATA_LOSS(false),
  /** A defect in Inboard, in a provider or in its client. Please report it. */
  INTERNAL(false);

  private final boolean transientFailure;

  ErrorCode(boolean transientFailure) {
    this.transientFailure = transientFailure;
  }

  /** Says whether the same call may succeed later without anybody changing anything. */
  public boolean isTransient() {
    return transientFailure;
  }
}
