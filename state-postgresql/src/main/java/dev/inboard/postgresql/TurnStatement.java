package dev.inboard.postgresql;

import dev.inboard.spi.workflow.Turn;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes turns of many instances at once. */
final class TurnStatement {
  /** What is due and stays due keeps its time, so that the update changes nothing in an index. */
  private static final String COMMIT_AND_FINISH =
      """
      WITH t AS (SELECT * FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::text[],
          ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[],
          ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
          ?::bytea[], ?::boolean[]) AS t (pk, node, epoch, turn, status, generation, new_turn,
          wake_at, consumed, output, failure, custom_status, waiting_for, started_at, updated_at,
          finished_at, events, history_bytes, most_mail, history, releases)
          WHERE {few}),
        u AS (UPDATE wf_instance i SET status = t.status, generation = t.generation,
          turn = t.new_turn, recoveries = 0, output = t.output, failure = t.failure,
          custom_status = t.custom_status, waiting_for = t.waiting_for, started_at = t.started_at,
          updated_at = t.updated_at, finished_at = t.finished_at, events = t.events,
          history_bytes = t.history_bytes,
          owner = CASE WHEN t.releases THEN NULL ELSE i.owner END,
          inbox_count = CASE WHEN t.finished_at IS NULL THEN i.inbox_count - t.consumed ELSE 0 END,
          wake_at = CASE WHEN t.releases AND t.finished_at IS NULL AND i.inbox_count > t.consumed
            THEN LEAST(t.wake_at, {now})
            WHEN NOT t.releases AND t.wake_at <= {now} AND i.wake_at <= {now} THEN i.wake_at
            ELSE t.wake_at END
          FROM t WHERE i.pk = t.pk AND i.owner = t.node AND i.epoch = t.epoch AND i.turn = t.turn
            AND i.finished_at IS NULL AND i.inbox_count <= t.most_mail
          RETURNING i.pk, t.new_turn, t.history, i.finished_at),
        h AS (INSERT INTO wf_history (instance, turn, payload)
          SELECT pk, new_turn, history FROM u WHERE length(history) > 0),
        m AS (DELETE FROM wf_inbox b USING u
          WHERE b.instance = u.pk AND u.finished_at IS NOT NULL),
        k AS (DELETE FROM wf_task k USING u
          WHERE k.instance = u.pk AND u.finished_at IS NOT NULL)
      SELECT pk FROM u\
      """
          .replace("{few}", Arrays.few("t.pk"))
          .replace("{now}", ServerTime.NOW);

  /** For turns none of which ends its instance. */
  private static final String COMMIT =
      COMMIT_AND_FINISH.replaceFirst("(?s),\\s+m AS .*(?=SELECT pk FROM u)", " ");

  private static final String COMMIT_ONE = Arrays.ofOne(COMMIT);
  private static final String COMMIT_AND_FINISH_ONE = Arrays.ofOne(COMMIT_AND_FINISH);

  private static final String CONSUME =
      "DELETE FROM wf_inbox b USING unnest(?::bigint[], ?::bigint[]) AS c (number, instance)"
          + " WHERE b.number = c.number AND b.instance = c.instance AND "
          + Arrays.few("c.number")
          + " RETURNING b.instance";

  private static final String RECOUNT =
      """
      UPDATE wf_instance i SET inbox_count = c.count, wake_at =
          CASE WHEN i.owner IS NULL AND c.count > 0 THEN LEAST(i.wake_at, {now}) ELSE i.wake_at END
        FROM (SELECT w.pk, (SELECT count(*) FROM wf_inbox b WHERE b.instance = w.pk) AS count
          FROM wf_instance w WHERE w.pk = ANY (?)) c
        WHERE i.pk = c.pk AND i.finished_at IS NULL\
      """
          .replace("{now}", ServerTime.NOW);

  private record Consumed(long number, long instance) {}

  private TurnStatement() {}

  /**
   * Writes turns, none of which begins a generation.
   *
   * @param turns in the order of their instances' keys
   * @return the keys of the instances whose turn was written; the others were fenced
   */
  static Set<Long> commit(Session session, List<Turn> turns) throws SQLException {
    boolean finish = turns.stream().anyMatch(TurnStatement::finishes);
    PreparedStatement statement;
    Arrays<Turn> parameters;
    if (turns.size() == 1) {
      statement = session.prepare(finish ? COMMIT_AND_FINISH_ONE : COMMIT_ONE);
      parameters = Arrays.ofOne(session, statement, turns.get(0));
    } else {
      statement = session.prepare(finish ? COMMIT_AND_FINISH : COMMIT);
      parameters = new Arrays<>(session, statement, turns);
    }
    parameters
        .numbers(turn -> turn.ownership().key())
        .texts(turn -> turn.ownership().node())
        .numbers(turn -> turn.ownership().epoch())
        .numbers(Turn::number)
        .texts(turn -> turn.progress().status().name())
        .numbers(turn -> (long) turn.progress().generation())
        .numbers(turn -> turn.progress().turn())
        .times(turn -> finishes(turn) ? null : turn.wakeAt())
        .numbers(turn -> (long) turn.consumed().size())
        .bytes(turn -> turn.progress().output())
        .bytes(turn -> turn.progress().failure())
        .bytes(turn -> turn.progress().customStatus())
        .texts(turn -> turn.progress().waitingFor())
        .times(turn -> turn.progress().startedAt())
        .times(turn -> turn.progress().updatedAt())
        .times(turn -> turn.progress().finishedAt())
        .numbers(turn -> (long) turn.progress().events())
        .numbers(turn -> turn.progress().historyBytes())
        .numbers(turn -> turn.inOrder() ? turn.consumed().size() : Long.MAX_VALUE)
        .bytes(Turn::history)
        .flags(turn -> turn.release() || finishes(turn));
    Set<Long> committed = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        committed.add(rows.getLong(1));
      }
    }
    return committed;
  }

  private static boolean finishes(Turn turn) {
    return turn.progress().status().isFinished();
  }

  /** Deletes the messages that turns have consumed. */
  static void consume(Session session, List<Turn> turns) throws SQLException {
    List<Consumed> consumed = new ArrayList<>();
    Map<Long, Integer> missing = new HashMap<>();
    for (Turn turn : turns) {
      long instance = turn.ownership().key();
      turn.consumed().forEach(number -> consumed.add(new Consumed(number, instance)));
      if (!turn.consumed().isEmpty()) {
        missing.put(instance, turn.consumed().size());
      }
    }
    PreparedStatement statement = session.prepare(CONSUME);
    new Arrays<>(session, statement, consumed)
        .numbers(Consumed::number)
        .numbers(Consumed::instance);
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        missing.computeIfPresent(rows.getLong(1), (key, left) -> left == 1 ? null : left - 1);
      }
    }
    if (!missing.isEmpty()) { // some were consumed before
      PreparedStatement recount = session.prepare(RECOUNT);
      recount.setArray(
          1, session.connection().createArrayOf("int8", missing.keySet().toArray(new Long[0])));
      recount.executeUpdate();
    }
  }
}
