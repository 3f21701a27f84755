package dev.inboard.bindings;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Acts on something outside through the component that the resource file names.
 *
 * <pre>{@code
 * inboard.binding("files").invoke("create", report, Map.of("fileName", "2026/report.json"));
 * }</pre>
 *
 * <h2>Data</h2>
 *
 * {@code byte[]} is sent as it is, {@code String} as UTF-8 without quotes, everything else as the
 * codec writes it, JSON by default. Data is what the application says, never decoded or unquoted on
 * the way.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the answer is there.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}; an operation that the binding
 * does not know fails with {@code UNSUPPORTED} and a message that lists those it does.
 */
public interface OutputBinding {
  /** Returns the component's name. */
  String name();

  /** Returns the operations it knows, such as {@code create}; see the component's page. */
  Set<String> operations();

  /** Carries out an operation that needs neither data nor metadata. */
  BindingResponse invoke(String operation);

  /** Carries out an operation with data. */
  BindingResponse invoke(String operation, @Nullable Object data);

  /**
   * Carries out an operation.
   *
   * @param data null: none
   * @param metadata what the component's page lists for the operation, such as {@code fileName}
   */
  BindingResponse invoke(String operation, @Nullable Object data, Map<String, String> metadata);

  /** Returns the same verbs without blocking. */
  AsyncOutputBinding async();
}
