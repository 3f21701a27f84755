package dev.inboard.state;

import org.jspecify.annotations.Nullable;

/** One write or deletion, as bulk calls and transactions take them. */
public sealed interface StateChange {
  /** Returns the key as the application writes it. */
  String key();

  /** Writes an entry, whatever was there before. */
  static Save save(String key, Object value) {
    return new Save(key, value, SaveOptions.DEFAULT);
  }

  /** Writes an entry under conditions, or for a while. */
  static Save save(String key, Object value, SaveOptions options) {
    return new Save(key, value, options);
  }

  /** Deletes an entry, if there is one. */
  static Delete delete(String key) {
    return new Delete(key, null);
  }

  /** Deletes an entry if it still has an ETag. */
  static Delete delete(String key, @Nullable String etag) {
    return new Delete(key, SaveOptions.checkedEtag(etag, "delete"));
  }

  /**
   * A write. Its {@link #toString} does not show the value.
   *
   * @param value not null
   */
  record Save(String key, Object value, SaveOptions options) implements StateChange {
    @Override
    public String toString() {
      return "Save['" + key + "', " + options + "]";
    }
  }

  /**
   * A deletion.
   *
   * @param etag the ETag that the live entry must have; null: any, and none at all will do
   */
  record Delete(String key, @Nullable String etag) implements StateChange {
    /** Checks the ETag. */
    public Delete {
      if (etag != null) {
        SaveOptions.checkedEtag(etag, "delete");
      }
    }
  }
}
