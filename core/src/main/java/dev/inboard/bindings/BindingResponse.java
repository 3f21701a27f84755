package dev.inboard.bindings;

import dev.inboard.TypeRef;
import java.util.Map;

/** What an operation of a binding returned. Its {@code toString} does not show the data. */
public interface BindingResponse {
  /** Says whether the operation returned data, which may be empty. */
  boolean hasData();

  /** Returns the data as it came; no bytes when there is none. */
  byte[] data();

  /**
   * Returns the data, decoded: {@code byte[]} as it came, {@code String} as UTF-8, everything else
   * by the codec, JSON by default.
   *
   * @throws IllegalStateException when there is none
   * @throws dev.inboard.common.InboardException {@code DATA_LOSS} when it does not decode
   */
  <T> T data(Class<T> type);

  /** Returns the data, decoded to a generic type. See {@link #data(Class)}. */
  <T> T data(TypeRef<T> type);

  /** Returns what came beside the data; the component's page lists the names. */
  Map<String, String> metadata();
}
