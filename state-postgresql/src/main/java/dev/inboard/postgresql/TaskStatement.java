package dev.inboard.postgresql;

import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskClaims;
import dev.inboard.sql.Session;
import dev.inboard.sql.WorkflowTasks;
import dev.inboard.sql.WorkflowTasks.Allowance;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Queues, claims and removes many tasks at once.
 *
 * <p>Who holds locks on instances may wait for tasks; nobody waits for a task who holds another, so
 * what only concerns claims skips those that are locked.
 */
final class TaskStatement {
  private static final String QUEUE =
      """
      INSERT INTO wf_task (app, queue, priority, instance, activity, generation, task, attempt,
          created_at, visible_at, epoch, lease_until, recoveries, payload)
        SELECT i.app, t.queue, t.priority, i.pk, t.activity, t.generation, t.task, t.attempt,
            {now}, {now} + t.delay, 0, 0, 0, t.payload
          FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[],
            ?::bigint[], ?::bigint[], ?::bytea[]) WITH ORDINALITY AS t (id, queue, priority,
            activity, generation, task, attempt, delay, payload, place)
          JOIN wf_instance i ON i.app = ? AND i.id = t.id AND {few}
          ORDER BY t.place\
      """
          .replace("{few}", Arrays.few("t.place"))
          .replace("{now}", ServerTime.NOW);
  private static final String LOOK =
      """
      SELECT EXISTS (SELECT 1 FROM wf_task WHERE app = ? AND queue = ? AND owner IS NULL
            AND visible_at <= {now})
          OR EXISTS (SELECT 1 FROM wf_task WHERE app = ? AND queue = ? AND owner IS NOT NULL
            AND lease_until < {now}),
        (SELECT min(visible_at) FROM wf_task WHERE app = ? AND queue = ? AND owner IS NULL
          AND visible_at > {now}), {now}\
      """
          .replace("{now}", ServerTime.NOW);
  private static final String LOCK_QUEUE =
      "SELECT 1 FROM wf_queue WHERE app = ? AND name = ? FOR UPDATE";
  private static final String FREE_EXPIRED =
      """
      UPDATE wf_task SET owner = NULL, recoveries = recoveries + 1 WHERE number IN (
        SELECT number FROM wf_task WHERE app = ? AND queue = ? AND owner IS NOT NULL
          AND lease_until < ? FOR UPDATE SKIP LOCKED)\
      """;
  private static final String CLAIM =
      """
      WITH d AS (SELECT number FROM wf_task WHERE app = ? AND queue = ? AND owner IS NULL
          AND visible_at <= ? ORDER BY priority, number LIMIT ? FOR UPDATE SKIP LOCKED)
      UPDATE wf_task t SET owner = ?, epoch = t.epoch + 1, lease_until = ? FROM d
        WHERE t.number = d.number
        RETURNING t.number, t.epoch, t.recoveries, t.payload, t.priority\
      """;
  private static final String STARTED =
      "INSERT INTO wf_queue_start (app, queue, claimed_at)"
          + " SELECT ?, ?, ? FROM generate_series(1, ?)";
  private static final String OWN =
      "JOIN unnest(?::bigint[], ?::text[], ?::bigint[]) AS c (number, owner, epoch)"
          + " ON t.number = c.number AND t.owner = c.owner AND t.epoch = c.epoch AND "
          + Arrays.few("c.number");

  /** One that somebody else is at is renewed the next time. */
  private static final String RENEW =
      """
      WITH m AS (SELECT t.number FROM wf_task t {own}),
        r AS (SELECT number FROM wf_task WHERE number IN (SELECT number FROM m)
          FOR UPDATE SKIP LOCKED),
        u AS (UPDATE wf_task SET lease_until = {now} + ? WHERE number IN (SELECT number FROM r))
      SELECT number FROM m\
      """
          .replace("{own}", OWN)
          .replace("{now}", ServerTime.NOW);

  private static final String RELEASE =
      "UPDATE wf_task SET owner = NULL WHERE number IN (SELECT t.number FROM wf_task t "
          + OWN
          + " FOR UPDATE OF t SKIP LOCKED)";
  private static final String REMOVE =
      "DELETE FROM wf_task WHERE number IN (SELECT t.number FROM wf_task t "
          + OWN
          + " ORDER BY t.number FOR UPDATE OF t) RETURNING number";
  private static final String LEAVE =
      "UPDATE wf_task SET owner = NULL WHERE number IN"
          + " (SELECT number FROM wf_task WHERE owner = ? FOR UPDATE SKIP LOCKED)";

  private TaskStatement() {}

  /** A task of an instance. */
  record Row(String instance, QueuedTask task) {}

  private record Found(ClaimedTask task, int priority) {}

  /** Puts tasks into their queues, in order. */
  static void queue(Session session, String app, List<Row> rows) throws SQLException {
    PreparedStatement statement = session.prepare(QUEUE);
    new Arrays<>(session, statement, rows)
        .texts(Row::instance)
        .texts(row -> row.task.queue())
        .numbers(row -> (long) row.task.priority())
        .texts(row -> row.task.activity())
        .numbers(row -> (long) row.task.generation())
        .numbers(row -> (long) row.task.task())
        .numbers(row -> (long) row.task.attempt())
        .numbers(row -> row.task.delay().toMillis())
        .bytes(row -> row.task.payload())
        .text(app);
    statement.executeUpdate();
  }

  /** Looks whether there is anything to claim; null when there may be. */
  static @Nullable TaskClaims look(Session session, String app, String queue) throws SQLException {
    PreparedStatement look = session.prepare(LOOK);
    for (int i = 1; i <= 5; i += 2) {
      look.setString(i, app);
      look.setString(i + 1, queue);
    }
    try (ResultSet row = look.executeQuery()) {
      row.next();
      if (row.getBoolean(1)) {
        return null;
      }
      long visible = row.getLong(2);
      return row.wasNull()
          ? new TaskClaims(List.of(), null)
          : new TaskClaims(List.of(), Duration.ofMillis(visible - row.getLong(3)));
    }
  }

  /** Claims tasks. Where all nodes together have a limit, they claim one after the other. */
  static TaskClaims claim(
      Session session, String app, WorkflowTasks tasks, Node node, QueueDemand demand)
      throws SQLException {
    boolean limited = demand.concurrency() > 0 || demand.rate() > 0;
    if (limited) {
      lock(session, app, tasks, demand.queue());
    }
    long now = ServerTime.now(session);
    PreparedStatement free = session.prepare(FREE_EXPIRED);
    free.setString(1, app);
    free.setString(2, demand.queue());
    free.setLong(3, now);
    free.executeUpdate();
    Allowance allowance = tasks.allowance(session, demand, now);
    int most = Math.min(demand.max(), allowance.tasks());
    List<ClaimedTask> claimed =
        most < 1 ? List.of() : take(session, app, node, demand.queue(), most, now);
    if (demand.rate() > 0 && !claimed.isEmpty()) {
      PreparedStatement started = session.prepare(STARTED);
      started.setString(1, app);
      started.setString(2, demand.queue());
      started.setLong(3, now);
      started.setInt(4, claimed.size());
      started.executeUpdate();
    }
    return new TaskClaims(claimed, tasks.nextIn(session, demand.queue(), now, allowance.again()));
  }

  private static void lock(Session session, String app, WorkflowTasks tasks, String queue)
      throws SQLException {
    while (true) {
      PreparedStatement lock = session.prepare(LOCK_QUEUE);
      lock.setString(1, app);
      lock.setString(2, queue);
      try (ResultSet row = lock.executeQuery()) {
        if (row.next()) {
          return;
        }
      }
      tasks.listen(session, Set.of(queue), 0);
    }
  }

  private static List<ClaimedTask> take(
      Session session, String app, Node node, String queue, int max, long now) throws SQLException {
    PreparedStatement claim = session.prepare(CLAIM);
    claim.setString(1, app);
    claim.setString(2, queue);
    claim.setLong(3, now);
    claim.setInt(4, max);
    claim.setString(5, node.id());
    claim.setLong(6, now + node.lease().toMillis());
    List<Found> found = new ArrayList<>();
    try (ResultSet row = claim.executeQuery()) {
      while (row.next()) {
        TaskClaim right = new TaskClaim(row.getLong(1), node.id(), row.getLong(2));
        found.add(new Found(new ClaimedTask(right, row.getInt(3), row.getBytes(4)), row.getInt(5)));
      }
    }
    found.sort(
        Comparator.comparingInt(Found::priority)
            .thenComparingLong(each -> each.task.claim().number()));
    return found.stream().map(Found::task).toList();
  }

  /** Prolongs claims; returns those that are still valid. */
  static Set<TaskClaim> renew(Session session, Node node, Set<TaskClaim> claims)
      throws SQLException {
    PreparedStatement statement = session.prepare(RENEW);
    own(session, statement, claims);
    statement.setLong(4, node.lease().toMillis());
    return answered(statement, claims);
  }

  /** Gives claims back. */
  static void release(Session session, Set<TaskClaim> claims) throws SQLException {
    PreparedStatement statement = session.prepare(RELEASE);
    own(session, statement, claims);
    statement.executeUpdate();
  }

  /** Removes tasks; returns the claims that were valid. */
  static Set<TaskClaim> remove(Session session, Set<TaskClaim> claims) throws SQLException {
    PreparedStatement statement = session.prepare(REMOVE);
    own(session, statement, claims);
    return answered(statement, claims);
  }

  /** Gives free what a node has claimed. */
  static void leave(Session session, String node) throws SQLException {
    PreparedStatement statement = session.prepare(LEAVE);
    statement.setString(1, node);
    statement.executeUpdate();
  }

  private static void own(Session session, PreparedStatement statement, Set<TaskClaim> claims)
      throws SQLException {
    new Arrays<>(session, statement, List.copyOf(claims))
        .numbers(TaskClaim::number)
        .texts(TaskClaim::node)
        .numbers(TaskClaim::epoch);
  }

  private static Set<TaskClaim> answered(PreparedStatement statement, Set<TaskClaim> claims)
      throws SQLException {
    Map<Long, TaskClaim> byNumber = new HashMap<>();
    claims.forEach(claim -> byNumber.put(claim.number(), claim));
    Set<TaskClaim> found = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        TaskClaim claim = byNumber.get(rows.getLong(1));
        if (claim != null) {
          found.add(claim);
        }
      }
    }
    return found;
  }
}
