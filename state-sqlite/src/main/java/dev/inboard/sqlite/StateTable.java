package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.BulkStateStoreDriver.Item;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table of a state store: what each operation is in SQL.
 *
 * <p>ETags and expiry are decided by the statement that writes, so they hold against every other
 * process that writes to the file.
 */
final class StateTable {
  /** Keys per query; SQLite takes many more, but a statement is kept for each power of two. */
  private static final int MOST_KEYS = 1024;

  private static final String OTHER = "the entry has another ETag, or there is none";

  private final Clock clock;
  private final String select;
  private final String selectMany;
  private final String selectKeysFrom;
  private final String selectKeysAfter;
  private final String upsert;
  private final String create;
  private final String update;
  private final String delete;
  private final String deleteMatching;
  private volatile Stamp stamp = new Stamp(Long.MIN_VALUE, "");

  /** The text of a second. */
  private record Stamp(long second, String text) {}

  /**
   * Describes a table.
   *
   * @param table its name, quoted
   * @param clock decides what has expired
   */
  StateTable(String table, Clock clock) {
    this.clock = clock;
    String columns = "key, value, is_binary, etag, expiration_time";
    select = "SELECT " + columns + " FROM " + table + " WHERE key = ?";
    selectMany = "SELECT " + columns + " FROM " + table + " WHERE key IN ";
    String keys = "SELECT key, expiration_time FROM " + table;
    selectKeysFrom = keys + " WHERE key >= ? ORDER BY key LIMIT ?";
    selectKeysAfter = keys + " WHERE key > ? ORDER BY key LIMIT ?";
    String live = "(expiration_time IS NULL OR expiration_time > ?6)";
    upsert =
        "INSERT INTO "
            + table
            + " (key, value, is_binary, etag, expiration_time, update_time)"
            + " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO UPDATE SET"
            + " value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6";
    create = upsert + " WHERE NOT " + live;
    update =
        "UPDATE "
            + table
            + " SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6"
            + " WHERE key = ?1 AND etag = ?7 AND "
            + live;
    delete = "DELETE FROM " + table + " WHERE key = ?1";
    deleteMatching =
        delete + " AND etag = ?2 AND (expiration_time IS NULL OR expiration_time > ?3)";
  }

  /** Reads the live entry under a key. */
  @Nullable StoredValue get(Session session, String key, Call call) throws SQLException {
    PreparedStatement statement = session.prepare(select);
    statement.setString(1, key);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? entry(row, call) : null;
    }
  }

  /** Reads the live entries under some keys, and what keeps others from being read. */
  Map<String, Item> getAll(Session session, List<String> keys, Call call) throws SQLException {
    Map<String, Item> found = new HashMap<>();
    for (int from = 0; from < keys.size(); from += MOST_KEYS) {
      getSome(session, keys.subList(from, Math.min(from + MOST_KEYS, keys.size())), call, found);
    }
    return found;
  }

  private void getSome(Session session, List<String> keys, Call call, Map<String, Item> found)
      throws SQLException {
    int places = Integer.highestOneBit(keys.size() * 2 - 1);
    String list = "(?" + ", ?".repeat(places - 1) + ")";
    PreparedStatement statement = session.prepare(selectMany + list);
    for (int i = 0; i < places; i++) {
      statement.setString(i + 1, keys.get(Math.min(i, keys.size() - 1)));
    }
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        found.put(row.getString(1), item(row, call));
      }
    }
  }

  private Item item(ResultSet row, Call call) throws SQLException {
    try {
      return new Item(entry(row, call), null);
    } catch (InboardException e) {
      return new Item(null, e);
    }
  }

  private @Nullable StoredValue entry(ResultSet row, Call call) throws SQLException {
    Instant end = end(row.getString(5), call);
    if (end != null && !end.isAfter(clock.instant())) {
      return null;
    }
    try {
      byte[] value = StoredText.value(row.getBytes(2), row.getBoolean(3));
      return new StoredValue(value, row.getString(4), end);
    } catch (IllegalArgumentException e) {
      throw call.failed(ErrorCode.DATA_LOSS, "the row is marked as binary and is not base64", e);
    }
  }

  private static @Nullable Instant end(@Nullable String text, Call call) {
    if (text == null) {
      return null;
    }
    Instant end = Timestamps.parse(text);
    if (end == null) {
      throw call.failed(ErrorCode.DATA_LOSS, "the expiration time of the row is no time", null);
    }
    return end;
  }

  /** Reads a page of keys, in their order. The token of a page is the last key it looked at. */
  Page list(Session session, String prefix, int limit, @Nullable String token, Call call)
      throws SQLException {
    PreparedStatement statement = session.prepare(token == null ? selectKeysFrom : selectKeysAfter);
    statement.setString(1, token == null ? prefix : token);
    statement.setInt(2, limit);
    Instant now = clock.instant();
    List<String> keys = new ArrayList<>();
    String last = null;
    int rows = 0;
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String key = row.getString(1);
        if (!key.startsWith(prefix)) {
          return new Page(keys, null);
        }
        rows++;
        last = key;
        Instant end = end(row.getString(2), call);
        if (end == null || end.isAfter(now)) {
          keys.add(key);
        }
      }
    }
    return new Page(keys, rows < limit ? null : last);
  }

  /**
   * Writes an entry.
   *
   * @param etag the new one
   */
  void set(Session session, StateOperation.Set set, StoredText value, String etag, Call call)
      throws SQLException {
    String expected = set.etag();
    boolean isNew = expected == null && set.concurrency() == Concurrency.FIRST_WRITE;
    PreparedStatement statement =
        session.prepare(expected != null ? update : isNew ? create : upsert);
    Duration life = set.ttl();
    statement.setString(1, set.key());
    statement.setString(2, value.text());
    statement.setInt(3, value.isBinary() ? 1 : 0);
    statement.setString(4, etag);
    statement.setString(5, life == null ? null : Timestamps.end(clock.instant(), life));
    statement.setString(6, now());
    if (expected != null) {
      statement.setString(7, expected);
    }
    if (statement.executeUpdate() == 0) {
      throw call.failed(ErrorCode.ETAG_MISMATCH, isNew ? "there is an entry already" : OTHER, null);
    }
  }

  /** Deletes an entry. */
  void delete(Session session, StateOperation.Delete operation, Call call) throws SQLException {
    String key = operation.key();
    String expected = operation.etag();
    if (expected == null) {
      if (operation.concurrency() == Concurrency.FIRST_WRITE && get(session, key, call) != null) {
        throw call.failed(ErrorCode.ETAG_MISMATCH, "there is an entry", null);
      }
      PreparedStatement statement = session.prepare(delete);
      statement.setString(1, key);
      statement.executeUpdate();
      return;
    }
    PreparedStatement statement = session.prepare(deleteMatching);
    statement.setString(1, key);
    statement.setString(2, expected);
    statement.setString(3, now());
    if (statement.executeUpdate() == 0) {
      throw call.failed(ErrorCode.ETAG_MISMATCH, OTHER, null);
    }
  }

  /** Returns the present second; formatting it once is enough. */
  private String now() {
    Instant now = clock.instant();
    Stamp last = stamp;
    if (last.second != now.getEpochSecond()) {
      last = new Stamp(now.getEpochSecond(), Timestamps.text(now));
      stamp = last;
    }
    return last.text;
  }
}
