package dev.inboard.sql;

import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskClaims;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What reads and changes tasks. What changes them runs in a transaction of its caller, which keeps
 * others from changing tasks meanwhile.
 */
public final class WorkflowTasks {
  private static final String INSERT =
      "INSERT INTO wf_task (app, queue, priority, instance, activity, generation, task, attempt,"
          + " created_at, visible_at, epoch, lease_until, recoveries, payload)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)";
  private static final String DELETE_ALL = "DELETE FROM wf_task WHERE instance = ?";
  private static final String DISOWN =
      "UPDATE wf_task SET owner = NULL, recoveries = recoveries + ? WHERE owner = ?";
  private static final String EXPIRED =
      " FROM wf_task WHERE app = ? AND queue = ? AND owner IS NOT NULL AND lease_until < ?";
  private static final String FREE_EXPIRED =
      "UPDATE wf_task SET owner = NULL, recoveries = recoveries + 1 WHERE number IN"
          + " (SELECT number"
          + EXPIRED
          + ")";
  private static final String DUE =
      " FROM wf_task WHERE app = ? AND queue = ? AND owner IS NULL AND visible_at <= ?";
  private static final String ANY =
      "SELECT EXISTS (SELECT 1" + DUE + "), EXISTS (SELECT 1" + EXPIRED + ")";
  private static final String NEXT =
      "SELECT MIN(visible_at) FROM wf_task WHERE app = ? AND queue = ? AND owner IS NULL"
          + " AND visible_at > ?";
  private static final String FIRST = "SELECT number" + DUE + " ORDER BY priority, number LIMIT ?";
  private static final String CLAIM =
      "UPDATE wf_task SET owner = ?, epoch = epoch + 1, lease_until = ? WHERE number = ?"
          + " RETURNING epoch, recoveries, payload";
  private static final String CLAIMED =
      "SELECT COUNT(*) FROM wf_task WHERE app = ? AND queue = ? AND owner IS NOT NULL";
  private static final String FORGET_STARTS =
      "DELETE FROM wf_queue_start WHERE app = ? AND queue = ? AND claimed_at <= ?";
  private static final String STARTS =
      "SELECT COUNT(*), MIN(claimed_at) FROM wf_queue_start WHERE app = ? AND queue = ?";
  private static final String START =
      "INSERT INTO wf_queue_start (app, queue, claimed_at) VALUES (?, ?, ?)";
  private static final String LISTEN =
      "INSERT INTO wf_queue (app, name, listened_until) VALUES (?, ?, ?)"
          + " ON CONFLICT (app, name) DO UPDATE SET listened_until = excluded.listened_until"
          + " WHERE wf_queue.listened_until < excluded.listened_until";
  private static final String OWN = " WHERE number = ? AND owner = ? AND epoch = ?";
  private static final String RENEW = "UPDATE wf_task SET lease_until = ?" + OWN;
  private static final String RELEASE = "UPDATE wf_task SET owner = NULL" + OWN;
  private static final String DELETE = "DELETE FROM wf_task" + OWN;
  private static final String STATES =
      "SELECT t.queue, COUNT(*) - COUNT(t.owner), COUNT(t.owner),"
          + " MIN(CASE WHEN t.owner IS NULL THEN t.created_at END),"
          + " (SELECT q.listened_until FROM wf_queue q WHERE q.app = ? AND q.name = t.queue)"
          + " FROM wf_task t WHERE t.app = ? GROUP BY t.queue";

  private final String app;
  private final WorkflowWrites.Time time;

  /**
   * How many more tasks may be claimed from a queue.
   *
   * @param tasks perhaps none
   * @param again when the rate allows another, in milliseconds since 1970; null when it does now
   */
  public record Allowance(int tasks, @Nullable Long again) {}

  /** Keeps the tasks of one application. */
  public WorkflowTasks(String app, WorkflowWrites.Time time) {
    this.app = app;
    this.time = time;
  }

  /** Puts tasks of an instance into their queues. */
  public void queue(Session session, long instance, List<QueuedTask> tasks) throws SQLException {
    if (tasks.isEmpty()) {
      return;
    }
    long now = time.now(session);
    for (QueuedTask task : tasks) {
      new Parameters(session.prepare(INSERT))
          .text(app)
          .text(task.queue())
          .number(task.priority())
          .number(instance)
          .text(task.activity())
          .number(task.generation())
          .number(task.task())
          .number(task.attempt())
          .number(now)
          .number(now + task.delay().toMillis())
          .bytes(task.payload())
          .update();
    }
  }

  /** Removes the tasks of an instance. */
  public void removeAll(Session session, long instance) throws SQLException {
    new Parameters(session.prepare(DELETE_ALL)).number(instance).update();
  }

  /** Gives free what a node has claimed. */
  static void disown(Session session, String node, boolean died) throws SQLException {
    new Parameters(session.prepare(DISOWN)).number(died ? 1 : 0).text(node).update();
  }

  // ---- claiming

  /** Looks whether there is anything to claim, without writing; null when there may be. */
  public @Nullable TaskClaims look(Session session, String queue) throws SQLException {
    long now = time.now(session);
    PreparedStatement any = session.prepare(ANY);
    new Parameters(any).text(app).text(queue).number(now).text(app).text(queue).number(now);
    try (ResultSet row = any.executeQuery()) {
      row.next();
      if (row.getBoolean(1) || row.getBoolean(2)) {
        return null;
      }
    }
    return new TaskClaims(List.of(), nextIn(session, queue, now, null));
  }

  /** Claims tasks. */
  public TaskClaims claim(Session session, Node node, QueueDemand demand) throws SQLException {
    long now = time.now(session);
    String queue = demand.queue();
    new Parameters(session.prepare(FREE_EXPIRED)).text(app).text(queue).number(now).update();
    Allowance allowance = allowance(session, demand, now);
    List<ClaimedTask> tasks = new ArrayList<>();
    for (long number : first(session, queue, now, Math.min(demand.max(), allowance.tasks))) {
      tasks.add(claim(session, number, node, now));
      if (demand.rate() > 0) {
        new Parameters(session.prepare(START)).text(app).text(queue).number(now).update();
      }
    }
    return new TaskClaims(tasks, nextIn(session, queue, now, allowance.again));
  }

  private List<Long> first(Session session, String queue, long now, int max) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    PreparedStatement select = session.prepare(FIRST);
    new Parameters(select).text(app).text(queue).number(now).number(Math.max(0, max));
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private static ClaimedTask claim(Session session, long number, Node node, long now)
      throws SQLException {
    PreparedStatement claim = session.prepare(CLAIM);
    new Parameters(claim).text(node.id()).number(now + node.lease().toMillis()).number(number);
    try (ResultSet row = claim.executeQuery()) {
      row.next();
      TaskClaim right = new TaskClaim(number, node.id(), row.getLong(1));
      return new ClaimedTask(right, row.getInt(2), row.getBytes(3));
    }
  }

  /** Returns how many tasks a queue's limits allow just now. */
  public Allowance allowance(Session session, QueueDemand demand, long now) throws SQLException {
    int allowed = Integer.MAX_VALUE;
    if (demand.concurrency() > 0) {
      PreparedStatement count = session.prepare(CLAIMED);
      new Parameters(count).text(app).text(demand.queue());
      try (ResultSet row = count.executeQuery()) {
        row.next();
        allowed = demand.concurrency() - row.getInt(1);
      }
    }
    if (demand.rate() == 0) {
      return new Allowance(allowed, null);
    }
    long period = demand.period().toMillis();
    new Parameters(session.prepare(FORGET_STARTS))
        .text(app)
        .text(demand.queue())
        .number(now - period)
        .update();
    PreparedStatement starts = session.prepare(STARTS);
    new Parameters(starts).text(app).text(demand.queue());
    try (ResultSet row = starts.executeQuery()) {
      row.next();
      int begun = row.getInt(1);
      long oldest = begun == 0 ? now : row.getLong(2);
      int left = demand.rate() - begun;
      return new Allowance(
          Math.min(allowed, left), left > demand.max() ? null : Long.valueOf(oldest + period));
    }
  }

  /**
   * Returns after how long a delay is over, or the rate allows another task.
   *
   * @param again when the rate does, or null
   */
  public @Nullable Duration nextIn(Session session, String queue, long now, @Nullable Long again)
      throws SQLException {
    PreparedStatement next = session.prepare(NEXT);
    new Parameters(next).text(app).text(queue).number(now);
    try (ResultSet row = next.executeQuery()) {
      row.next();
      long visible = row.getLong(1);
      long at = row.wasNull() ? Long.MAX_VALUE : visible;
      at = again == null ? at : Math.min(at, again);
      return at == Long.MAX_VALUE ? null : Duration.ofMillis(Math.max(0, at - now));
    }
  }

  // ---- claims

  /** Prolongs claims and says that their node listens; returns those that are still valid. */
  public Set<TaskClaim> renew(Session session, Node node, Set<String> queues, Set<TaskClaim> claims)
      throws SQLException {
    long until = time.now(session) + node.lease().toMillis();
    listen(session, queues, until);
    Set<TaskClaim> held = new LinkedHashSet<>();
    for (TaskClaim claim : claims) {
      if (own(new Parameters(session.prepare(RENEW)).number(until), claim)) {
        held.add(claim);
      }
    }
    return held;
  }

  /** Says that somebody listens to queues. */
  public void listen(Session session, Set<String> queues, long until) throws SQLException {
    for (String queue : queues) {
      new Parameters(session.prepare(LISTEN)).text(app).text(queue).number(until).update();
    }
  }

  private static boolean own(Parameters parameters, TaskClaim claim) throws SQLException {
    return parameters.number(claim.number()).text(claim.node()).number(claim.epoch()).update() > 0;
  }

  /** Gives claims back. */
  public void release(Session session, Set<TaskClaim> claims) throws SQLException {
    for (TaskClaim claim : claims) {
      own(new Parameters(session.prepare(RELEASE)), claim);
    }
  }

  /** Removes a task; says whether the claim was valid. */
  public boolean remove(Session session, TaskClaim claim) throws SQLException {
    return own(new Parameters(session.prepare(DELETE)), claim);
  }

  // ---- watching

  /** Tells of every queue that has tasks. */
  public List<QueueState> states(Session session) throws SQLException {
    long now = time.now(session);
    PreparedStatement select = session.prepare(STATES);
    new Parameters(select).text(app).text(app);
    List<QueueState> states = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long oldest = rows.getLong(4);
        Duration age =
            rows.wasNull() ? Duration.ZERO : Duration.ofMillis(Math.max(0, now - oldest));
        states.add(
            new QueueState(
                rows.getString(1), rows.getLong(2), rows.getLong(3), age, rows.getLong(5) >= now));
      }
    }
    return states;
  }
}
