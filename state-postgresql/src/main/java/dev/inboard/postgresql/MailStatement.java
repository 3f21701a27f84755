package dev.inboard.postgresql;

import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.Message;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts many messages into inboxes at once. */
final class MailStatement {
  private static final String DELIVER =
      """
      WITH m AS (SELECT * FROM unnest(?::text[], ?::text[], ?::bytea[]) WITH ORDINALITY
          AS m (target, message_id, payload, place)),
        i AS (SELECT pk, id, finished_at, owner FROM wf_instance
          WHERE app = ? AND id IN (SELECT target FROM m WHERE {few target})
          ORDER BY pk FOR NO KEY UPDATE),
        n AS (INSERT INTO wf_inbox (instance, message_id, payload)
          SELECT i.pk, m.message_id, m.payload FROM m JOIN i ON i.id = m.target
            WHERE i.finished_at IS NULL ORDER BY m.place
          ON CONFLICT (instance, message_id) DO NOTHING RETURNING instance, message_id),
        u AS (UPDATE wf_instance w SET inbox_count = w.inbox_count + c.count, wake_at =
            CASE WHEN w.owner IS NULL THEN LEAST(w.wake_at, {now}) ELSE w.wake_at END
          FROM (SELECT instance, count(*) AS count FROM n GROUP BY instance) c
          WHERE w.pk = c.instance AND {few instance})
      SELECT m.place, i.pk IS NOT NULL, i.finished_at IS NOT NULL, i.owner, EXISTS (
          SELECT FROM n WHERE n.instance = i.pk AND n.message_id = m.message_id)
        FROM m LEFT JOIN i ON i.id = m.target"""
          .replace("{few target}", Arrays.few("m.place"))
          .replace("{few instance}", Arrays.few("c.instance"))
          .replace("{now}", ServerTime.NOW);

  /**
   * What became of a message.
   *
   * @param owner who owns the instance that it is for, or null
   */
  record Outcome(Delivery delivery, @Nullable String owner) {}

  private record Name(String target, String messageId) {}

  private MailStatement() {}

  /** Delivers messages, and returns what became of each. */
  static List<Outcome> deliver(Session session, String app, List<Message> messages)
      throws SQLException {
    PreparedStatement statement = session.prepare(DELIVER);
    new Arrays<>(session, statement, messages)
        .texts(Message::target)
        .texts(Message::messageId)
        .bytes(Message::payload)
        .text(app);
    Outcome none = new Outcome(Delivery.NOT_FOUND, null);
    List<Outcome> outcomes = new ArrayList<>(Collections.nCopies(messages.size(), none));
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Delivery delivery =
            !rows.getBoolean(2)
                ? Delivery.NOT_FOUND
                : rows.getBoolean(3)
                    ? Delivery.FINISHED
                    : rows.getBoolean(5) ? Delivery.DELIVERED : Delivery.DUPLICATE;
        outcomes.set(rows.getInt(1) - 1, new Outcome(delivery, rows.getString(4)));
      }
    }
    // Of two that are the same, the statement tells both that one was stored.
    Set<Name> stored = new HashSet<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Message message = messages.get(i);
      Outcome outcome = outcomes.get(i);
      if (outcome.delivery == Delivery.DELIVERED
          && !stored.add(new Name(message.target(), message.messageId()))) {
        outcomes.set(i, new Outcome(Delivery.DUPLICATE, outcome.owner));
      }
    }
    return outcomes;
  }
}
