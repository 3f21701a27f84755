package dev.inboard.spi.bindings;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A binding through which the application acts on something outside. */
public non-sealed interface OutputBindingDriver extends BindingDriver {
  /** Returns the operations it knows, such as {@code create}, {@code get}, {@code list}. */
  Set<String> operations();

  /** Carries out one operation; the runtime has checked that it is one of {@link #operations}. */
  CompletionStage<Response> invoke(Request request);

  /**
   * What is asked.
   *
   * @param data may be empty
   */
  record Request(String operation, byte[] data, Map<String, String> metadata) {}

  /**
   * What came back.
   *
   * @param data null when the operation returns none
   */
  record Response(byte @Nullable [] data, Map<String, String> metadata) {}
}
