package dev.inboard.sql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import org.jspecify.annotations.Nullable;

/**
 * What a caller has asked for, as far as its failure must name it: component, operation, thing.
 * Made for every call and turned into text only when the call fails.
 */
@FunctionalInterface
public interface Call {
  /** Makes the exception that the caller gets. */
  InboardException failed(ErrorCode code, String reason, @Nullable Throwable cause);
}
