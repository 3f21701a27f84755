package dev.inboard.internal.workflow;

import dev.inboard.workflow.Failure;
import dev.inboard.workflow.NonRetryableException;
import dev.inboard.workflow.TaskFailedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Turns what was thrown into a {@link Failure}, and that into bytes. */
final class Failures {
  private static final int LONGEST_TRACE = 8_000;
  private static final int DEEPEST_CAUSE = 8;

  private Failures() {}

  static Failure of(Throwable thrown) {
    return of(thrown, true, 0);
  }

  /** A failure that the engine found by itself. */
  static Failure of(String type, String message, boolean retryable) {
    return new Failure(type, message, "", null, retryable);
  }

  private static Failure of(Throwable thrown, boolean withTrace, int depth) {
    if (thrown instanceof TaskFailedException failed) {
      return new Failure(failed.getClass().getName(), message(thrown), "", failed.failure(), true);
    }
    Throwable cause = thrown.getCause();
    return new Failure(
        thrown.getClass().getName(),
        message(thrown),
        withTrace ? trace(thrown) : "",
        cause == null || depth == DEEPEST_CAUSE ? null : of(cause, false, depth + 1),
        !(thrown instanceof NonRetryableException));
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? "" : message;
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    String trace = text.toString();
    return trace.length() <= LONGEST_TRACE ? trace : trace.substring(0, LONGEST_TRACE);
  }

  static byte[] encode(Failure failure) {
    ByteWriter out = new ByteWriter();
    write(failure, out);
    return out.toBytes();
  }

  static @Nullable Failure decode(byte @Nullable [] bytes) {
    return bytes == null ? null : read(new ByteReader(bytes));
  }

  static void write(Failure failure, ByteWriter out) {
    out.text(failure.type());
    out.text(failure.message());
    out.text(failure.stackTrace());
    out.number(failure.retryable() ? 1 : 0);
    out.number(failure.cause() == null ? 0 : 1);
    if (failure.cause() != null) {
      write(failure.cause(), out);
    }
  }

  static Failure read(ByteReader in) {
    String type = in.text();
    String message = in.text();
    String stackTrace = in.text();
    boolean retryable = in.number() == 1;
    Failure cause = in.number() == 1 ? read(in) : null;
    return new Failure(type, message, stackTrace, cause, retryable);
  }
}
