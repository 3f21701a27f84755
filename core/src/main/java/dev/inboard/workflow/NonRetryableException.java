package dev.inboard.workflow;

import org.jspecify.annotations.Nullable;

/** Thrown by an activity whose failure no further attempt can mend. */
public class NonRetryableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes a failure that is final. */
  public NonRetryableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Makes a failure that is final. */
  public NonRetryableException(String message) {
    super(message);
  }
}
