package dev.inboard.sql;

import dev.inboard.spi.workflow.Node;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The leases of nodes, and what becomes of instances when one ends. */
public final class WorkflowNodes {
  private static final String FIND = "SELECT lease_until FROM wf_node WHERE id = ?";
  private static final String PUT =
      "INSERT INTO wf_node (id, lease_until, process) VALUES (?, ?, ?)"
          + " ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until";
  private static final String ALL = "SELECT id, process FROM wf_node";
  private static final String EXPIRED = "SELECT id FROM wf_node WHERE lease_until < ?";
  private static final String DELETE = "DELETE FROM wf_node WHERE id = ?";
  private static final String DISOWN =
      "UPDATE wf_instance SET owner = NULL, orphaned = ?, wake_at = CASE WHEN inbox_count > 0 AND"
          + " (wake_at IS NULL OR wake_at > ?) THEN ? ELSE wake_at END WHERE owner = ?";

  private final Clock clock;
  private final String process;

  /**
   * Keeps leases.
   *
   * @param process what this process is called in the table
   */
  public WorkflowNodes(Clock clock, String process) {
    this.clock = clock;
    this.process = process;
  }

  /** Begins or prolongs a lease; says whether there was one that still held. */
  public boolean renew(Session session, Node node) throws SQLException {
    long now = clock.millis();
    boolean held = leaseUntil(session, node.id()) >= now;
    PreparedStatement put = session.prepare(PUT);
    put.setString(1, node.id());
    put.setLong(2, now + node.lease().toMillis());
    put.setString(3, process);
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

  /** Says whether a node has a lease. */
  public boolean isLive(Session session, String node) throws SQLException {
    return leaseUntil(session, node) >= 0;
  }

  /** Ends the leases of nodes whose process is gone. */
  public void dropDead(Session session, Predicate<String> isGone) throws SQLException {
    List<String> dead = new ArrayList<>();
    try (ResultSet rows = session.prepare(ALL).executeQuery()) {
      while (rows.next()) {
        if (isGone.test(rows.getString(2))) {
          dead.add(rows.getString(1));
        }
      }
    }
    for (String node : dead) {
      end(session, node, true);
    }
  }

  /** Says whether there is a lease that has run out. */
  public boolean hasExpired(Session session) throws SQLException {
    return !expired(session).isEmpty();
  }

  /** Ends the leases that have run out. */
  public void dropExpired(Session session) throws SQLException {
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

  /** Ends a lease and gives its instances and its tasks free. */
  public void end(Session session, String node, boolean died) throws SQLException {
    WorkflowTasks.disown(session, node, died);
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
