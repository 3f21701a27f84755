package dev.inboard.postgresql;

import dev.inboard.spi.JointTransaction;
import dev.inboard.sql.Call;
import dev.inboard.sql.Gate;
import dev.inboard.sql.Session;
import dev.inboard.sql.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction on a connection of the pool, for whichever components of the database. */
final class PostgresJointTransaction implements JointTransaction {
  private final PostgresDatabase database;
  private final Call call;
  private final Gate gate; // of the driver that began it; entered
  private final Session session;
  private final List<Runnable> afterCommit = new ArrayList<>();
  private boolean committed;
  private boolean closed;

  /**
   * Takes over a connection that is in a transaction.
   *
   * @param gate entered by the caller; left at the end
   */
  PostgresJointTransaction(PostgresDatabase database, Call call, Gate gate, Session session) {
    this.database = database;
    this.call = call;
    this.gate = gate;
    this.session = session;
  }

  /** Returns a transaction as what it must be here. */
  static PostgresJointTransaction of(JointTransaction transaction) {
    return (PostgresJointTransaction) transaction;
  }

  /** Runs statements in it. */
  <T> @Nullable T run(Call call, Work<T> work) {
    return database.classified(call, () -> work.run(session));
  }

  /** Has something done when it is committed. */
  void afterCommit(Runnable task) {
    afterCommit.add(task);
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type == Connection.class ? type.cast(SharedConnection.over(session.connection())) : null;
  }

  @Override
  public void commit() {
    Object unused =
        database.classified(
            call,
            () -> {
              session.connection().commit();
              return null;
            });
    committed = true;
    afterCommit.forEach(Runnable::run);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Connection connection = session.connection();
      if (!committed) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      // The connection is lost, and with it a transaction that was not committed; the caller knows.
    } finally {
      session.close();
      gate.leave();
    }
  }
}
