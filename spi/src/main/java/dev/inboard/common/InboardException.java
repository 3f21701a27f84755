package dev.inboard.common;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of Inboard: every failure of every building block is one of these.
 *
 * <p>Its message names the component, the operation, the thing, the code, the cause and, where
 * there is one, the cure: {@code orders (state.redis): get '17' failed: UNAVAILABLE: connection
 * refused}. It never holds a secret or a stored value.
 */
public final class InboardException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String component;
  private final String operation;
  private final String reason;

  /**
   * Makes a failure that knows its component.
   *
   * @param component name and type of the component, such as {@code orders (state.redis)}, or null
   *     when the failure belongs to none
   * @param operation what was tried, with the thing it was tried on, such as {@code get '17'}
   * @param reason what happened and what to do about it
   */
  public InboardException(
      ErrorCode code,
      @Nullable String component,
      String operation,
      String reason,
      @Nullable Throwable cause) {
    super(message(code, component, operation, reason), cause);
    this.code = code;
    this.component = component;
    this.operation = operation;
    this.reason = reason;
  }

  /** Makes a failure without a cause. */
  public InboardException(
      ErrorCode code, @Nullable String component, String operation, String reason) {
    this(code, component, operation, reason, null);
  }

  private static String message(
      ErrorCode code, @Nullable String component, String operation, String reason) {
    String failure = operation + " failed: " + code + ": " + reason;
    return component == null ? failure : component + ": " + failure;
  }

  /** Returns what kind of failure this is. */
  public ErrorCode code() {
    return code;
  }

  /**
   * Returns name and type of the failing component, or null when the failure belongs to no
   * component.
   */
  public @Nullable String component() {
    return component;
  }

  /** Returns what was tried, and on what. */
  public String operation() {
    return operation;
  }

  /** Returns what happened, without the names that the full message adds. */
  public String reason() {
    return reason;
  }
}
