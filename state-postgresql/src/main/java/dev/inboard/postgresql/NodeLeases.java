package dev.inboard.postgresql;

import dev.inboard.spi.workflow.Node;
import dev.inboard.sql.Session;
import dev.inboard.sql.WorkflowWrites;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The leases of nodes, which the server's clock decides.
 *
 * <p>Who gives an instance to a node first locks the node's row, so that nobody ends the lease
 * meanwhile and misses the instance.
 */
final class NodeLeases implements WorkflowWrites.Leases {
  private static final String RENEW =
      """
      WITH before AS (SELECT lease_until FROM wf_node WHERE id = ?)
      INSERT INTO wf_node (id, lease_until, process) VALUES (?, {now} + ?, ?)
        ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
        RETURNING COALESCE((SELECT lease_until >= {now} FROM before), FALSE)"""
          .replace("{now}", ServerTime.NOW);
  private static final String LOCK = "SELECT 1 FROM wf_node WHERE id = ? FOR KEY SHARE";
  private static final String DROP_EXPIRED =
      "DELETE FROM wf_node WHERE id IN (SELECT id FROM wf_node WHERE lease_until < "
          + ServerTime.NOW
          + " FOR UPDATE SKIP LOCKED) AND lease_until < "
          + ServerTime.NOW
          + " RETURNING id";
  private static final String DROP = "DELETE FROM wf_node WHERE id = ?";
  private static final String DISOWN =
      """
      UPDATE wf_instance SET owner = NULL, orphaned = ?, wake_at =
          CASE WHEN inbox_count > 0 THEN LEAST(wake_at, {now}) ELSE wake_at END
        WHERE owner = ANY (?)"""
          .replace("{now}", ServerTime.NOW);

  private static final String PROCESS = process();

  /** Begins or prolongs a lease; says whether there was one that still held. */
  boolean renew(Session session, Node node) throws SQLException {
    PreparedStatement statement = session.prepare(RENEW);
    statement.setString(1, node.id());
    statement.setString(2, node.id());
    statement.setLong(3, node.lease().toMillis());
    statement.setString(4, PROCESS);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  @Override
  public boolean isLive(Session session, String node) throws SQLException {
    PreparedStatement statement = session.prepare(LOCK);
    statement.setString(1, node);
    try (ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }

  /** Ends the leases that have run out and gives their instances free. */
  void dropExpired(Session session) throws SQLException {
    List<String> nodes = new ArrayList<>();
    try (ResultSet rows = session.prepare(DROP_EXPIRED).executeQuery()) {
      while (rows.next()) {
        nodes.add(rows.getString(1));
      }
    }
    if (!nodes.isEmpty()) {
      disown(session, nodes, true);
    }
  }

  /** Ends the lease of a node that leaves and gives its instances free. */
  void leave(Session session, String node) throws SQLException {
    PreparedStatement statement = session.prepare(DROP);
    statement.setString(1, node);
    statement.executeUpdate();
    disown(session, List.of(node), false);
  }

  private static void disown(Session session, List<String> nodes, boolean died)
      throws SQLException {
    PreparedStatement statement = session.prepare(DISOWN);
    statement.setLong(1, died ? 1 : 0);
    statement.setArray(2, session.connection().createArrayOf("text", nodes.toArray()));
    statement.executeUpdate();
  }

  /** Names this process for people who read the table. */
  private static String process() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "unknown";
    }
    return host + " " + ProcessHandle.current().pid();
  }
}
