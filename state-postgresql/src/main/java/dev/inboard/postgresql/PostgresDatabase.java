package dev.inboard.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.CallingThread;
import dev.inboard.sql.Call;
import dev.inboard.sql.Gate;
import dev.inboard.sql.Session;
import dev.inboard.sql.SharedResources;
import dev.inboard.sql.SqlErrors.Verdict;
import dev.inboard.sql.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open database: a pool of connections, and threads that use them for callers who do not wait.
 *
 * <p>Who waits for the answer does the work on its own thread, as with the JDBC driver alone.
 */
final class PostgresDatabase implements SharedResources.Resource {
  private static final SharedResources<PostgresSettings, PostgresDatabase> OPEN =
      new SharedResources<>();
  private static final int QUEUE_CAPACITY = 10_000;

  private final PostgresSettings settings;
  private final Connections connections;
  private final HikariDataSource pool;
  private final ThreadPoolExecutor helpers;

  private PostgresDatabase(PostgresSettings settings) {
    this.settings = settings;
    this.connections = new Connections(settings);
    this.pool = connections.pool();
    this.helpers =
        new ThreadPoolExecutor(
            settings.maxConns(),
            settings.maxConns(),
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_CAPACITY),
            run -> {
              Thread thread = new Thread(run, connections.name());
              thread.setDaemon(true);
              return thread;
            });
    helpers.allowCoreThreadTimeOut(true);
  }

  /** Opens the database, or joins those who have it open. Nothing is connected yet. */
  static SharedResources<PostgresSettings, PostgresDatabase>.Lease open(PostgresSettings settings) {
    return OPEN.<RuntimeException>lease(settings, () -> new PostgresDatabase(settings));
  }

  PostgresSettings settings() {
    return settings;
  }

  /** Returns what two databases have in common that can take part in one transaction. */
  Object place() {
    return settings.connection();
  }

  /**
   * Opens a connection beside the pool, whose answers may take any time.
   *
   * @return for the caller to close
   */
  Session openPatient() throws SQLException {
    return new Session(connections.openPatient());
  }

  /**
   * Runs statements, each of which is a transaction of its own: here if the caller waits, else on a
   * thread of the database.
   */
  <T> CompletableFuture<T> run(Call call, Work<T> work) {
    return offThread(call, () -> perform(call, work));
  }

  /** Does something that blocks: here if the caller waits, else on a thread of the database. */
  <T> CompletableFuture<T> offThread(Call call, Supplier<@Nullable T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (CallingThread.waits()) {
      try {
        result.complete(task.get());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      }
      return result;
    }
    try {
      helpers.execute(
          () -> {
            try {
              result.complete(task.get());
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      String reason =
          QUEUE_CAPACITY + " calls wait for a connection already; slow down, or raise 'maxConns'";
      return CompletableFuture.failedFuture(call.failed(ErrorCode.EXHAUSTED, reason, null));
    }
    return result;
  }

  /** Runs statements on this thread. */
  <T> CompletableFuture<T> now(Call call, Work<T> work) {
    try {
      return CompletableFuture.completedFuture(perform(call, work));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Runs statements on this thread, and throws what the caller is to get. */
  <T> @Nullable T perform(Call call, Work<T> work) {
    return classified(
        call,
        () -> {
          try (Session session = new Session(pool.getConnection())) {
            return work.run(session);
          }
        });
  }

  /** Something with statements. */
  @FunctionalInterface
  interface Statements<T> {
    /** Runs them. */
    @Nullable T run() throws SQLException;
  }

  /** Does something on this thread, and throws what the caller is to get. */
  <T> @Nullable T classified(Call call, Statements<T> statements) {
    try {
      return statements.run();
    } catch (InboardException e) {
      throw e;
    } catch (SQLException e) {
      throw failure(call, e);
    } catch (RuntimeException e) {
      throw call.failed(ErrorCode.INTERNAL, e.toString(), e);
    }
  }

  /**
   * Begins a transaction for several components, on this thread.
   *
   * @param gate which the end of the transaction leaves
   */
  PostgresJointTransaction begin(Call call, Gate gate) {
    if (!gate.enter()) {
      throw call.failed(ErrorCode.CANCELLED, "the component is closed", null);
    }
    boolean begun = false;
    try {
      Session session =
          Objects.requireNonNull(classified(call, () -> inTransaction(pool.getConnection())));
      begun = true;
      return new PostgresJointTransaction(this, call, gate, session);
    } finally {
      if (!begun) {
        gate.leave();
      }
    }
  }

  private static Session inTransaction(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(false);
      return new Session(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private InboardException failure(Call call, SQLException e) {
    if (e.getCause() instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return call.failed(ErrorCode.CANCELLED, "interrupted while waiting for a connection", e);
    }
    Verdict verdict = PostgresErrors.INSTANCE.judge(e);
    return call.failed(verdict.code(), verdict.reason(), e);
  }

  /** Makes one transaction of some work. */
  static <T> Work<T> transaction(Work<T> work) {
    return session -> {
      Connection connection = session.connection();
      connection.setAutoCommit(false);
      boolean committed = false;
      try {
        @Nullable T result = work.run(session);
        connection.commit();
        committed = true;
        return result;
      } finally {
        leave(connection, committed);
      }
    };
  }

  private static void leave(Connection connection, boolean committed) {
    try {
      if (!committed) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      // The connection is lost, and with it a transaction that was not committed; the caller knows.
    }
  }

  /** Returns the longest wait for room in a queue. */
  Duration patience() {
    return settings.timeout();
  }

  String name() {
    return connections.name();
  }

  @Override
  public void flush() {} // who leases it waits for its own calls

  @Override
  public void close() {
    helpers.shutdown();
    pool.close();
  }
}
