package dev.inboard.sql;

import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.StoredInstance;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What reads instances. */
public final class WorkflowReads {
  private static final String KEY = "SELECT pk FROM wf_instance WHERE app = ? AND id = ?";
  private static final int TOGETHER = 100;
  private static final String UNFINISHED =
      "SELECT id FROM wf_instance WHERE app = ? AND finished_at IS NULL AND id IN ("
          + String.join(", ", Collections.nCopies(TOGETHER, "?"))
          + ")";
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
  private final TagSource tags;
  private final String instances;
  private final String byId;
  private final String byKey;
  private final String byOwner;

  /** How tags come with an instance. */
  public interface TagSource {
    /** Returns further columns of the query for instances {@code i}, each after a comma. */
    String columns();

    /** Returns the tags of the instance that the result stands on. */
    Map<String, String> read(Session session, ResultSet row) throws SQLException;
  }

  /** Reads the instances of one application. */
  public WorkflowReads(String app, TagSource tags) {
    this.app = app;
    this.tags = tags;
    this.instances = InstanceRows.select(tags.columns());
    this.byId = instances + "WHERE i.app = ? AND i.id = ?";
    this.byKey = instances + "WHERE i.pk = ?";
    this.byOwner = instances + "WHERE i.owner = ?";
  }

  /** Reads the record that the result of {@link InstanceRows#select} stands on. */
  public InstanceRecord record(Session session, ResultSet row) throws SQLException {
    return InstanceRows.read(row, tags.read(session, row));
  }

  /** Reads an instance without its history. */
  public Optional<InstanceRecord> get(Session session, String id) throws SQLException {
    PreparedStatement select = session.prepare(byId);
    new Parameters(select).text(app).text(id);
    return one(session, select);
  }

  /** Reads an instance that is there. */
  public InstanceRecord require(Session session, String id) throws SQLException {
    return get(session, id).orElseThrow(() -> new IllegalStateException("the instance is gone"));
  }

  /** Reads the instance of a key, which is there. */
  public InstanceRecord byKey(Session session, long pk) throws SQLException {
    PreparedStatement select = session.prepare(byKey);
    new Parameters(select).number(pk);
    return one(session, select)
        .orElseThrow(() -> new IllegalStateException("the instance is gone"));
  }

  private Optional<InstanceRecord> one(Session session, PreparedStatement select)
      throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Optional.of(record(session, rows)) : Optional.empty();
    }
  }

  private List<InstanceRecord> many(Session session, PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      List<InstanceRecord> records = new ArrayList<>();
      while (rows.next()) {
        records.add(record(session, rows));
      }
      return records;
    }
  }

  /** Returns the key of an instance, or -1. */
  public long key(Session session, String id) throws SQLException {
    PreparedStatement select = session.prepare(KEY);
    new Parameters(select).text(app).text(id);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getLong(1) : -1;
    }
  }

  /** Returns those of some instances that have finished or are not there. */
  public Set<String> settled(Session session, Collection<String> ids) throws SQLException {
    List<String> all = List.copyOf(ids);
    Set<String> settled = new HashSet<>(all);
    for (int from = 0; from < all.size(); from += TOGETHER) {
      PreparedStatement select = session.prepare(UNFINISHED);
      Parameters parameters = new Parameters(select).text(app);
      for (int i = from; i < from + TOGETHER; i++) {
        parameters.text(all.get(Math.min(i, all.size() - 1))); // the last one fills what is left
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          settled.remove(rows.getString(1));
        }
      }
    }
    return settled;
  }

  /** Reads an instance with its history and its unread messages. */
  public Optional<StoredInstance> load(Session session, String id) throws SQLException {
    Optional<InstanceRecord> record = get(session, id);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Ownership ownership = record.get().ownership();
    long pk = ownership == null ? key(session, id) : ownership.key();
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

  /** Reads the unread messages of an instance, oldest first. */
  public List<InboxMessage> inbox(Session session, long pk) throws SQLException {
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

  /** Reads the instances that a node owns. */
  public List<InstanceRecord> owned(Session session, String node) throws SQLException {
    PreparedStatement select = session.prepare(byOwner);
    new Parameters(select).text(node);
    return many(session, select);
  }

  /** Returns the keys of instances that nobody owns and whose time has come, longest due first. */
  public List<Long> due(Session session, long now, int max) throws SQLException {
    PreparedStatement select = session.prepare(DUE);
    new Parameters(select).text(app).number(now).number(max);
    try (ResultSet rows = select.executeQuery()) {
      List<Long> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getLong(1));
      }
      return keys;
    }
  }

  /** Returns when the next instance is due that nobody owns, or null. */
  public @Nullable Instant nextWake(Session session) throws SQLException {
    PreparedStatement select = session.prepare(NEXT);
    new Parameters(select).text(app);
    try (ResultSet rows = select.executeQuery()) {
      long next = rows.next() ? rows.getLong(1) : 0;
      return next == 0 ? null : Instant.ofEpochMilli(next);
    }
  }

  /** Returns the ids of the instances that a node owns and that have unread messages. */
  public List<String> mail(Session session, String node) throws SQLException {
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

  /** Lists instances, newest first. */
  public InstancePage list(Session session, InstanceFilter filter, @Nullable String token, int size)
      throws SQLException {
    WorkflowQuery query = new WorkflowQuery(app, filter);
    if (token != null) {
      query.after(token);
    }
    String sql = instances + query.where() + " ORDER BY i.created_at DESC, i.id LIMIT ?";
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

  /** Counts instances. */
  public long count(Session session, InstanceFilter filter) throws SQLException {
    WorkflowQuery query = new WorkflowQuery(app, filter);
    String sql = "SELECT COUNT(*) FROM wf_instance i " + query.where();
    try (PreparedStatement select = session.connection().prepareStatement(sql)) {
      query.bind(select);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** Returns the keys of finished instances that match. */
  public List<Long> finished(Session session, InstanceFilter filter, int max) throws SQLException {
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
