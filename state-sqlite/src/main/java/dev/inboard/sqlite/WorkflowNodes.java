package dev.inboard.sqlite;

import dev.inboard.spi.workflow.Node;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The leases of nodes, and what becomes of instances when one ends. */
final class WorkflowNodes {
  private static final String FIND = "SELECT lease_until FROM wf_node WHERE id = ?";
  private static final String PUT =
      "INSERT INTO wf_node (id, lease_until, process) VALUES (?, ?, ?)"
          + " ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until";
  private static final String ALL = "SELECT id, process FROM wf_node";
  private static final String EXPIRED = "SELECT id FROM wf_node WHERE lease_until < ?";
  private static final String DELETE = "DELETE FROM wf_node WHERE id = ?";
  private static final String DISOWN =
      "UPDATE wf_instance SET owner = NULL, orphaned = ?, wake_at ="
          + " CASE WHEN inbox_count > 0 THEN MIN(COALESCE(wake_at, ?), ?) ELSE wake_at END"
          + " WHERE owner = ?";

  private final Clock clock;

  WorkflowNodes(Clock clock) {
    this.clock = clock;
  }

  /** Begins or prolongs a lease; says whether there was one that still held. */
  boolean renew(Session session, Node node) throws SQLException {
    long now = clock.millis();
    boolean held = leaseUntil(session, node.id()) >= now;
    PreparedStatement put = session.prepare(PUT);
    put.setString(1, node.id());
    put.setLong(2, now + node.lease().toMillis());
    put.setString(3, ProcessId.own());
    put.executeUpdate();
    return held;
  }

  private static long leaseUntil(Session session, String node) throws SQLException {
    PreparedStatement find = session.prepare(FIND);
    find.setString(1, node);
    try (ResultSet rows = find.executeQuery()) {
      return rows.next() ? rows.getLong(1) : -1;
    }
  }

  boolean isLive(Session session, String node) throws SQLException {
    return leaseUntil(session, node) >= 0;
  }

  /** Ends the leases of nodes whose process is gone. */
  void dropDead(Session session) throws SQLException {
    List<String> dead = new ArrayList<>();
    try (ResultSet rows = session.prepare(ALL).executeQuery()) {
      while (rows.next()) {
        if (ProcessId.isGone(rows.getString(2))) {
          dead.add(rows.getString(1));
        }
      }
    }
    for (String node : dead) {
      end(session, node, true);
    }
  }

  boolean hasExpired(Session session) throws SQLException {
    return !expired(session).isEmpty();
  }

  void dropExpired(Session session) throws SQLException {
    for (String node : expired(session)) {
      end(session, node, true);
    }
  }

  private List<String> expired(Session session) throws SQLException {
    PreparedStatement find = session.prepare(EXPIRED);
    find.setLong(1, clock.millis());
    try (ResultSet rows = find.executeQuery()) {
      List<String> nodes = new ArrayList<>();
      while (rows.next()) {
        nodes.add(rows.getString(1));
      }
      return nodes;
    }
  }

  /** Ends a lease and gives its instances free. */
  void end(Session session, String node, boolean died) throws SQLException {
    long now = clock.millis();
    PreparedStatement disown = session.prepare(DISOWN);
    disown.setInt(1, died ? 1 : 0);
    disown.setLong(2, now);
    disown.setLong(3, now);
    disown.setString(4, node);
    disown.executeUpdate();
    PreparedStatement delete = session.prepare(DELETE);
    delete.setString(1, node);
    delete.executeUpdate();
  }
}
