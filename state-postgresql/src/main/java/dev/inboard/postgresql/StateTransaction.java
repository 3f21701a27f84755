package dev.inboard.postgresql;

import dev.inboard.common.InboardException;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.sql.Session;
import dev.inboard.sql.Work;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The statements of one transaction of a state store; somebody else begins and commits it. */
record StateTransaction(
    StateTable table,
    List<StateWrite> writes,
    OutboxTable outbox,
    String outboxName,
    List<OutboxEvent> events)
    implements Work<List<@Nullable String>> {

  /** Makes what must be there before the transaction begins. */
  void prepare() throws SQLException {
    if (!events.isEmpty()) {
      outbox.prepare();
    }
  }

  /**
   * Carries out all writes, or throws.
   *
   * @return the new ETag per write, null for deletions
   */
  @Override
  public List<@Nullable String> run(Session session) throws SQLException {
    // Operations on one key keep their order; those on different keys are carried out in the order
    // of the keys, which keeps transactions from waiting for each other in a circle.
    List<StateWrite> ordered = new ArrayList<>(writes);
    ordered.sort(Comparator.comparing(StateWrite::key));
    carryOut(session, ordered);
    if (!events.isEmpty()) {
      outbox.add(session, outboxName, events);
    }
    List<@Nullable String> etags = new ArrayList<>(writes.size());
    writes.forEach(write -> etags.add(write.etag()));
    return etags;
  }

  private void carryOut(Session session, List<StateWrite> ordered) throws SQLException {
    Set<String> keys = new HashSet<>();
    boolean alike =
        ordered.size() > 1
            && ordered.stream()
                .allMatch(write -> write.kind() == ordered.get(0).kind() && keys.add(write.key()));
    if (alike) {
      table.writeAll(session, ordered.get(0).kind(), ordered);
    }
    for (StateWrite write : ordered) {
      if (!alike) {
        table.write(session, write);
      }
      InboardException failure = write.failure();
      if (failure != null) {
        throw failure;
      }
    }
  }
}
