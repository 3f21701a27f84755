package dev.inboard.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Why something failed, as it is stored.
 *
 * @param type name of the exception class
 * @param message its message; empty when it has none
 * @param stackTrace its stack trace; empty when it was not kept
 * @param cause what caused it, or null
 * @param retryable whether trying again may help
 */
public record Failure(
    String type, String message, String stackTrace, @Nullable Failure cause, boolean retryable) {
  /** Says whether this failure, or one that caused it, was thrown as this type. */
  public boolean isCausedBy(Class<? extends Throwable> exception) {
    return type.equals(exception.getName()) || (cause != null && cause.isCausedBy(exception));
  }

  @Override
  public String toString() {
    return message.isEmpty() ? type : type + ": " + message;
  }
}
