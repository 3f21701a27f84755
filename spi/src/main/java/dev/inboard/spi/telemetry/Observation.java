package dev.inboard.spi.telemetry;

import org.jspecify.annotations.Nullable;

/** One call, publication or attempt under way. Ends exactly once, on any thread. */
public interface Observation {
  /** Returns what is to travel with a message, so that its handlers continue this trace. */
  TraceContext context();

  /** Makes this what the current thread is doing, until the result is closed on this thread. */
  Scope enter();

  /**
   * Ends it.
   *
   * @param outcome how: for calls and publications {@code success} or {@code failure}; for attempts
   *     {@code success}, {@code retry} or {@code drop}
   * @param failure why, or null
   */
  void end(String outcome, @Nullable Throwable failure);

  /** What a thread is doing. */
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
