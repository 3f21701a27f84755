package dev.inboard.health;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes what {@code /metrics} answers. Called by several threads. */
public interface MetricsPage {
  /**
   * Says in which format the page is for a client.
   *
   * @param accept the client's {@code Accept} header, or null
   */
  String contentType(@Nullable String accept);

  /** Writes the page in that format, once; need not close the stream. */
  void write(@Nullable String accept, OutputStream out) throws IOException;
}
