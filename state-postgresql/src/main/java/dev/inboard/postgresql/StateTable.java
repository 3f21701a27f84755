package dev.inboard.postgresql;

import dev.inboard.postgresql.StateWrite.Kind;
import dev.inboard.spi.state.BulkStateStoreDriver.Item;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.sql.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of a state store: what each operation is on a connection. */
final class StateTable {
  private final StateLayout layout;
  private final StateSql sql;

  StateTable(StateLayout layout) {
    this.layout = layout;
    this.sql = new StateSql(layout);
  }

  StateSql sql() {
    return sql;
  }

  /** Reads the live entry under a key. */
  @Nullable StoredValue get(Session session, String key) throws SQLException {
    PreparedStatement statement = session.prepare(sql.get);
    statement.setString(1, key);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? entry(row) : null;
    }
  }

  /** Reads the live entries under some keys. */
  Map<String, Item> getAll(Session session, List<String> keys) throws SQLException {
    PreparedStatement statement = session.prepare(sql.getAll);
    statement.setArray(1, texts(session, keys.toArray(new String[0])));
    Map<String, Item> found = new HashMap<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        found.put(row.getString(1), new Item(entry(row), null));
      }
    }
    return found;
  }

  /** Reads an entry from a row of key, value, ETag and end. */
  static StoredValue entry(ResultSet row) throws SQLException {
    byte[] value = row.getBytes(2);
    OffsetDateTime end = row.getObject(4, OffsetDateTime.class);
    Instant expires = end == null ? null : end.toInstant();
    return new StoredValue(value == null ? new byte[0] : value, row.getString(3), expires);
  }

  /** Reads a page of keys, in the order in which they were created. */
  Page list(Session session, String prefix, int limit, long after) throws SQLException {
    PreparedStatement statement = session.prepare(sql.list);
    statement.setString(1, prefix);
    statement.setLong(2, after);
    statement.setInt(3, limit);
    List<String> keys = new ArrayList<>();
    long last = after;
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        keys.add(row.getString(1));
        last = row.getLong(2);
      }
    }
    return new Page(keys, keys.size() < limit ? null : Long.toString(last));
  }

  /** Carries out one write and notes what became of it. */
  void write(Session session, StateWrite write) throws SQLException {
    switch (write.kind()) {
      case UPSERT -> put(session, sql.upsert, write);
      case CREATE -> put(session, sql.create, write);
      case UPDATE -> put(session, sql.update, write);
      case DELETE -> {
        delete(session, write);
        write.done(null);
      }
      case DELETE_MATCHING -> {
        PreparedStatement statement = session.prepare(sql.deleteMatching);
        statement.setString(1, write.key());
        statement.setString(2, write.expectedEtag());
        try (ResultSet row = statement.executeQuery()) {
          settle(write, row.next(), null);
        }
      }
      case DELETE_ABSENT -> {
        if (get(session, write.key()) != null) {
          write.mismatched();
        } else {
          delete(session, write);
          write.done(null);
        }
      }
    }
  }

  private void put(Session session, String text, StateWrite write) throws SQLException {
    StateOperation.Set set = write.set();
    PreparedStatement statement = session.prepare(text);
    statement.setString(1, set.key());
    if (isBytes()) {
      statement.setBytes(2, set.value());
    } else {
      statement.setString(2, document(set.value()));
    }
    Long millis = millis(set);
    if (millis == null) {
      statement.setNull(3, Types.BIGINT);
    } else {
      statement.setLong(3, millis);
    }
    if (write.kind() == Kind.UPDATE) {
      statement.setString(4, write.expectedEtag());
    }
    try (ResultSet row = statement.executeQuery()) {
      boolean written = row.next();
      settle(write, written, written ? row.getString(2) : null);
    }
  }

  private void delete(Session session, StateWrite write) throws SQLException {
    PreparedStatement statement = session.prepare(sql.delete);
    statement.setString(1, write.key());
    statement.executeUpdate();
  }

  private static void settle(StateWrite write, boolean effective, @Nullable String etag) {
    if (effective) {
      write.done(etag);
    } else {
      write.mismatched();
    }
  }

  /**
   * Carries out writes of one kind by one statement, and notes what became of each.
   *
   * @param writes of different keys, in the order of the keys, which keeps writers from waiting for
   *     each other in a circle
   */
  void writeAll(Session session, Kind kind, List<StateWrite> writes) throws SQLException {
    switch (kind) {
      case UPSERT -> putAll(session, sql.upsertAll, writes);
      case CREATE -> putAll(session, sql.createAll, writes);
      case UPDATE -> putAll(session, sql.updateAll, writes);
      case DELETE -> {
        PreparedStatement statement = session.prepare(sql.deleteAll);
        statement.setArray(1, keys(session, writes));
        statement.executeUpdate();
        writes.forEach(write -> write.done(null));
      }
      case DELETE_MATCHING -> {
        PreparedStatement statement = session.prepare(sql.deleteAllMatching);
        statement.setArray(1, keys(session, writes));
        statement.setArray(2, etags(session, writes));
        settleAll(statement, writes, false);
      }
      case DELETE_ABSENT -> {
        for (StateWrite write : writes) {
          write(session, write);
        }
      }
    }
  }

  private void putAll(Session session, String text, List<StateWrite> writes) throws SQLException {
    PreparedStatement statement = session.prepare(text);
    statement.setArray(1, keys(session, writes));
    Object[] values =
        isBytes()
            ? writes.stream().map(write -> write.set().value()).toArray(byte[][]::new)
            : writes.stream().map(write -> document(write.set().value())).toArray(String[]::new);
    statement.setArray(2, session.connection().createArrayOf(layout.valueType(), values));
    Long[] millis = writes.stream().map(write -> millis(write.set())).toArray(Long[]::new);
    statement.setArray(3, session.connection().createArrayOf("int8", millis));
    if (writes.get(0).kind() == Kind.UPDATE) {
      statement.setArray(4, etags(session, writes));
    }
    settleAll(statement, writes, true);
  }

  private static void settleAll(
      PreparedStatement statement, List<StateWrite> writes, boolean withEtags) throws SQLException {
    Map<String, String> etags = new HashMap<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        etags.put(row.getString(1), withEtags ? row.getString(2) : "");
      }
    }
    for (StateWrite write : writes) {
      String etag = etags.get(write.key());
      settle(write, etag != null, withEtags ? etag : null);
    }
  }

  private static Array keys(Session session, List<StateWrite> writes) throws SQLException {
    return texts(session, writes.stream().map(StateWrite::key).toArray(String[]::new));
  }

  private static Array etags(Session session, List<StateWrite> writes) throws SQLException {
    return texts(session, writes.stream().map(StateWrite::expectedEtag).toArray(String[]::new));
  }

  private static Array texts(Session session, String[] texts) throws SQLException {
    return session.connection().createArrayOf("text", texts);
  }

  private boolean isBytes() {
    return layout.marks().isEmpty();
  }

  /** Writes bytes as a JSON text. */
  private static String document(byte[] value) {
    return '"' + new String(Base64.getEncoder().encode(value), StandardCharsets.ISO_8859_1) + '"';
  }

  private static @Nullable Long millis(StateOperation.Set set) {
    Duration life = set.ttl();
    return life == null ? null : Math.max(1L, life.toMillis());
  }
}
