package dev.inboard.sql;

import dev.inboard.common.InboardException;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.SqlErrors.Extent;
import dev.inboard.sql.SqlErrors.Verdict;
import dev.inboard.sql.Unit.OnFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a database for many callers, through one connection and with one commit for many.
 *
 * <p>One thread takes everything that was submitted while the previous commit ran, runs it in one
 * transaction, commits once, and completes the callers' futures. There is no artificial delay: a
 * lone caller gets its own commit at once, on its own thread if it {@linkplain CallingThread
 * waits}; many callers share the price of one.
 *
 * <h2>What callers can rely on</h2>
 *
 * <ul>
 *   <li>A future completes normally only after the commit.
 *   <li>Work takes effect in the order of submission, each as a whole or not at all.
 *   <li>Work that fails does not undo its neighbours. If its failure ends the transaction, they are
 *       run again without it.
 *   <li>When the commit itself fails, so does everything in it, refusals included: they were
 *       decided on data that was never committed.
 *   <li>A lost connection is opened again for the next transaction.
 * </ul>
 *
 * <p>Futures complete on threads of the writer or of a caller who waits; what follows on them must
 * be quick.
 */
public final class GroupCommitWriter implements AutoCloseable {
  private static final Call FLUSH =
      (code, reason, cause) -> new InboardException(code, null, "flush", reason, cause);

  private final Settings settings;
  private final SessionSource source;
  private final SqlErrors errors;
  private final Announcer announcer;
  private final Batcher<Unit<?>> batcher;
  private final Set<ComponentTelemetry> listeners = new CopyOnWriteArraySet<>();
  private @Nullable Session session; // only the handler of the batch under way looks at it

  /**
   * How a writer works.
   *
   * @param name names its thread
   * @param begin begins a transaction that may write, such as {@code BEGIN IMMEDIATE}
   * @param capacity how many pieces of work may wait
   * @param patience how long a caller waits for room among them
   * @param longestTransaction after this time a transaction takes nothing more in, so that others
   *     who want to write to the database get their turn
   */
  public record Settings(
      String name, String begin, int capacity, Duration patience, Duration longestTransaction) {}

  /**
   * Opens the connection and starts the thread.
   *
   * @throws SQLException when the connection cannot be opened; nothing is left behind
   */
  public GroupCommitWriter(Settings settings, SessionSource source, SqlErrors errors)
      throws SQLException {
    this.settings = settings;
    this.source = source;
    this.errors = errors;
    this.session = source.open();
    this.announcer = new Announcer(settings.name + "-announcer");
    this.batcher =
        new Batcher<>(settings.name, settings.capacity, settings.patience, new Transactions());
  }

  /** Lets somebody listen to the commits, until {@link #ignore}. */
  public void observe(ComponentTelemetry listener) {
    listeners.add(listener);
  }

  /** Tells a listener nothing more. */
  public void ignore(ComponentTelemetry listener) {
    listeners.remove(listener);
  }

  /** Submits work of any number of statements. */
  public <T> CompletableFuture<T> submit(Call call, Work<T> work) {
    return submit(new Unit<>(errors, call, work, OnFailure.UNDO));
  }

  /**
   * Submits work that writes with one statement, its last one, and refuses only when that statement
   * has had no effect. There is nothing to undo if it fails, which saves a savepoint.
   */
  public <T> CompletableFuture<T> submitStatement(Call call, Work<T> work) {
    return submit(new Unit<>(errors, call, work, OnFailure.GO_ON));
  }

  /**
   * Submits work that hardly ever fails. There is no savepoint for it; if it fails after all, the
   * transaction is rolled back and its neighbours are run again without it.
   */
  public <T> CompletableFuture<T> submitSound(Call call, Work<T> work) {
    return submit(new Unit<>(errors, call, work, OnFailure.BEGIN_AGAIN));
  }

  private <T> CompletableFuture<T> submit(Unit<T> unit) {
    if (!CallingThread.waits() || !batcher.handleAlone(unit)) {
      batcher.submit(unit);
    }
    return unit.result();
  }

  /**
   * Waits until everything that was submitted before is done and its futures are complete. Returns
   * at once on a thread of the writer, which cannot wait for itself.
   */
  public void flush() {
    if (!batcher.isOwnThread() && !announcer.isOwnThread()) {
      submitStatement(FLUSH, session -> null).exceptionally(failure -> null).join();
    }
  }

  /**
   * Refuses new work, finishes what was accepted, then closes the connection. Returns when that is
   * done, or at once on a thread of the writer.
   */
  @Override
  public void close() {
    if (announcer.isOwnThread()) {
      batcher.stop();
    } else {
      batcher.close();
    }
  }

  private Session session() throws SQLException {
    Session current = session;
    if (current == null) {
      current = source.open();
      session = current;
    }
    return current;
  }

  /** Leaves a transaction that cannot be committed. */
  private void abandon(Extent damage) {
    Session current = session;
    if (current == null) {
      return;
    }
    Extent extent = damage;
    if (extent != Extent.CONNECTION) {
      current.forgetStatements();
      try {
        current.execute("ROLLBACK");
      } catch (SQLException e) {
        extent = errors.judge(e).extent(); // some databases have rolled back by themselves
      }
    }
    if (extent == Extent.CONNECTION) {
      session = null;
      current.close();
    }
  }

  /** What is done with a batch. */
  private final class Transactions implements Batcher.Handler<Unit<?>> {
    @Override
    public void handle(List<Unit<?>> batch) {
      List<Unit<?>> left = batch;
      while (!left.isEmpty()) {
        left = transact(left);
      }
    }

    /** Settles one unit or more, and returns those that are still to be done. */
    private List<Unit<?>> transact(List<Unit<?>> units) {
      Session current;
      try {
        current = session();
        current.execute(settings.begin);
      } catch (SQLException e) {
        fail(units, e);
        return List.of();
      }
      long began = System.nanoTime();
      int done = 0;
      while (done < units.size() && (done == 0 || isShort(began))) {
        Unit<?> unit = units.get(done);
        Extent damage = unit.run(current);
        if (damage != Extent.STATEMENT) {
          abandon(damage);
          announcer.announce(List.of(unit));
          List<Unit<?>> others = new ArrayList<>(units);
          others.remove(done);
          return others;
        }
        done++;
      }
      try {
        current.execute("COMMIT");
      } catch (SQLException e) {
        fail(units.subList(0, done), e);
        return units.subList(done, units.size());
      }
      for (ComponentTelemetry listener : listeners) {
        listener.committed(done);
      }
      announcer.announce(units.subList(0, done));
      lookAfter(current);
      return units.subList(done, units.size());
    }

    private void lookAfter(Session current) {
      try {
        source.afterCommit(current);
      } catch (SQLException e) {
        abandon(errors.judge(e).extent()); // if it matters, the next transaction fails of it
      }
    }

    private boolean isShort(long began) {
      return System.nanoTime() - began < settings.longestTransaction.toNanos();
    }

    private void fail(List<Unit<?>> units, SQLException cause) {
      Verdict verdict = errors.judge(cause);
      abandon(verdict.extent());
      units.forEach(unit -> unit.overrule(verdict, cause));
      announcer.announce(units);
    }

    @Override
    public void close() {
      if (session != null) {
        session.close();
      }
      announcer.close();
    }
  }
}
