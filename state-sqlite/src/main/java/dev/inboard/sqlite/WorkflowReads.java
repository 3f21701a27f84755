package dev.inboard.sqlite;

import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.sql.InstanceRows;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reads instances. */
final class WorkflowReads {
  private static final String BY_ID = InstanceRows.SELECT + "WHERE i.app = ? AND i.id = ?";
  private static final String BY_KEY = InstanceRows.SELECT + "WHERE i.pk = ?";
  private static final String OWNED = InstanceRows.SELECT + "WHERE i.owner = ?";
  private static final String KEY = "SELECT pk FROM wf_instance WHERE app = ? AND id = ?";
  private static final String HISTORY =
      "SELECT payload FROM wf_history WHERE instance = ? ORDER BY turn";
  private static final String INBOX =
      "SELECT number, message_id, payload FROM wf_inbox WHERE instance = ? ORDER BY number";
  private static final String DUE =
      "SELECT pk FROM wf_instance WHERE app = ? AND owner IS NULL AND finished_at IS NULL"
          + " AND wake_at IS NOT NULL AND wake_at <= ? ORDER BY wake_at LIMIT ?";
  private static final String NEXT =
      "SELECT MIN(wake_at) FROM wf_instance WHERE app = ? AND owner IS NULL"
          + " AND finished_at IS NULL AND wake_at IS NOT NULL";
  private static final String MAIL =
      "SELECT id FROM wf_instance WHERE owner = ? AND owner IS NOT NULL AND inbox_count > 0";

  private final String app;
  private final Clock clock;

  WorkflowReads(String app, Clock clock) {
    this.app = app;
    this.clock = clock;
  }

  Optional<InstanceRecord> get(Session session, String id) throws SQLException {
    PreparedStatement select = session.prepare(BY_ID);
    new Parameters(select).text(app).text(id);
    return one(session, select);
  }

  InstanceRecord require(Session session, String id) throws SQLException {
    return get(session, id).orElseThrow(() -> new IllegalStateException("the instance is gone"));
  }

  InstanceRecord byKey(Session session, long pk) throws SQLException {
    PreparedStatement select = session.prepare(BY_KEY);
    new Parameters(select).number(pk);
    return one(session, select)
        .orElseThrow(() -> new IllegalStateException("the instance is gone"));
  }

  private static Optional<InstanceRecord> one(Session session, PreparedStatement select)
      throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Optional.of(InstanceRows.read(session, rows)) : Optional.empty();
    }
  }

  private static List<InstanceRecord> many(Session session, PreparedStatement select)
      throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      List<InstanceRecord> records = new ArrayList<>();
      while (rows.next()) {
        records.add(InstanceRows.read(session, rows));
      }
      return records;
    }
  }

  /** Returns the key of an instance, or -1. */
  long key(Session session, String id) throws SQLException {
    PreparedStatement select = session.prepare(KEY);
    new Parameters(select).text(app).text(id);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getLong(1) : -1;
    }
  }

  Optional<StoredInstance> load(Session session, String id) throws SQLException {
    Optional<InstanceRecord> record = get(session, id);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    long pk = key(session, id);
    return Optional.of(new StoredInstance(record.get(), history(session, pk), inbox(session, pk)));
  }

  private static List<byte[]> history(Session session, long pk) throws SQLException {
    PreparedStatement select = session.prepare(HISTORY);
    new Parameters(select).number(pk);
    try (ResultSet rows = select.executeQuery()) {
      List<byte[]> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getBytes(1));
      }
      return lines;
    }
  }

  List<InboxMessage> inbox(Session session, long pk) throws SQLException {
    PreparedStatement select = session.prepare(INBOX);
    new Parameters(select).number(pk);
    try (ResultSet rows = select.executeQuery()) {
      List<InboxMessage> messages = new ArrayList<>();
      while (rows.next()) {
        messages.add(new InboxMessage(rows.getLong(1), rows.getString(2), rows.getBytes(3)));
      }
      return messages;
    }
  }

  List<InstanceRecord> owned(Session session, String node) throws SQLException {
    PreparedStatement select = session.prepare(OWNED);
    new Parameters(select).text(node);
    return many(session, select);
  }

  List<Long> due(Session session, int max) throws SQLException {
    PreparedStatement select = session.prepare(DUE);
    new Parameters(select).text(app).number(clock.millis()).number(max);
    try (ResultSet rows = select.executeQuery()) {
      List<Long> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getLong(1));
      }
      return keys;
    }
  }

  @Nullable Instant nextWake(Session session) throws SQLException {
    PreparedStatement select = session.prepare(NEXT);
    new Parameters(select).text(app);
    try (ResultSet rows = select.executeQuery()) {
      long next = rows.next() ? rows.getLong(1) : 0;
      return next == 0 ? null : Instant.ofEpochMilli(next);
    }
  }

  List<String> mail(Session session, String node) throws SQLException {
    PreparedStatement select = session.prepare(MAIL);
    new Parameters(select).text(node);
    try (ResultSet rows = select.executeQuery()) {
      List<String> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }

  // ---- many

  InstancePage list(Session session, InstanceFilter filter, @Nullable String token, int size)
      throws SQLException {
    WorkflowQuery query = new WorkflowQuery(app, filter);
    if (token != null) {
      query.after(token);
    }
    String sql = InstanceRows.SELECT + query.where() + " ORDER BY i.created_at DESC, i.id LIMIT ?";
    query.parameter((long) size + 1);
    List<InstanceRecord> found;
    try (PreparedStatement select = session.connection().prepareStatement(sql)) {
      query.bind(select);
      found = many(session, select);
    }
    if (found.size() <= size) {
      return new InstancePage(found, null);
    }
    InstanceRecord last = found.get(size - 1);
    return new InstancePage(found.subList(0, size), WorkflowQuery.token(last));
  }

  long count(Session session, InstanceFilter filter) throws SQLException {
    WorkflowQuery query = new WorkflowQuery(app, filter);
    String sql = "SELECT COUNT(*) FROM wf_instance i " + query.where();
    try (PreparedStatement select = session.connection().prepareStatement(sql)) {
      query.bind(select);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  List<Long> finished(Session session, InstanceFilter filter, int max) throws SQLException {
    WorkflowQuery query = new WorkflowQuery(app, filter);
    String sql =
        "SELECT i.pk FROM wf_instance i "
            + query.where()
            + " AND i.finished_at IS NOT NULL LIMIT ?";
    query.parameter((long) max);
    try (PreparedStatement select = session.connection().prepareStatement(sql)) {
      query.bind(select);
      try (ResultSet rows = select.executeQuery()) {
        List<Long> keys = new ArrayList<>();
        while (rows.next()) {
          keys.add(rows.getLong(1));
        }
        return keys;
      }
    }
  }
}
