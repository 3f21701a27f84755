package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.JointTransaction;
import dev.inboard.sql.Call;
import dev.inboard.sql.Gate;
import dev.inboard.sql.Session;
import dev.inboard.sql.SharedResources;
import dev.inboard.sql.Work;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all components of a database have in common: a share of its pool, calls that say who asked
 * for what when they fail, and an end that waits for those under way.
 */
final class PostgresComponent {
  private final String label;
  private final SharedResources<PostgresSettings, PostgresDatabase>.Lease lease;
  private final Gate gate = new Gate();

  private PostgresComponent(
      String label, SharedResources<PostgresSettings, PostgresDatabase>.Lease lease) {
    this.label = label;
    this.lease = lease;
  }

  /** Makes a driver of an open component. */
  @FunctionalInterface
  interface Opener<D> {
    /**
     * Makes the tables ready and the driver.
     *
     * @param session beside the pool; its answers may take any time
     */
    D open(PostgresComponent component, Session session) throws SQLException;
  }

  /** Opens a component; after a failure nothing of it stays open. */
  static <D> D open(ComponentSpec spec, Opener<D> opener) {
    PostgresComponent component =
        new PostgresComponent(spec.label(), PostgresDatabase.open(PostgresSettings.of(spec)));
    PostgresDatabase database = component.database();
    boolean opened = false;
    try {
      D driver =
          database.classified(
              component.call("open"),
              () -> {
                try (Session session = database.openPatient()) {
                  return opener.open(component, session);
                }
              });
      opened = true;
      return Objects.requireNonNull(driver);
    } finally {
      if (!opened) {
        component.close();
      }
    }
  }

  String label() {
    return label;
  }

  PostgresDatabase database() {
    return lease.resource();
  }

  Call call(String operation) {
    return (code, reason, cause) -> new InboardException(code, label, operation, reason, cause);
  }

  /** As {@link #call(String)}, for names that cost something to make. */
  Call call(Supplier<String> operation) {
    return (code, reason, cause) ->
        new InboardException(code, label, operation.get(), reason, cause);
  }

  /** Runs statements, each of which is a transaction of its own. */
  <T extends @Nullable Object> CompletableFuture<T> run(Call call, Work<T> work) {
    return guarded(call, () -> database().run(call, work));
  }

  CompletableFuture<Void> ping() {
    return run(
        call("ping"),
        session -> {
          session.prepare("SELECT 1").executeQuery().close();
          return null;
        });
  }

  /** Begins a call, unless the component is closed; a call that has begun is waited for. */
  <T extends @Nullable Object> CompletableFuture<T> guarded(
      Call call, Supplier<CompletableFuture<T>> begin) {
    if (!gate.enter()) {
      return CompletableFuture.failedFuture(
          call.failed(ErrorCode.CANCELLED, "the component is closed", null));
    }
    CompletableFuture<T> result;
    try {
      result = begin.get();
    } catch (RuntimeException e) {
      gate.leave();
      throw e;
    }
    if (result.isDone()) {
      gate.leave();
      return result;
    }
    CompletableFuture<T> told = new CompletableFuture<>();
    var unused = // told has the outcome
        result.whenComplete(
            (answer, failure) -> {
              gate.leave(); // first, so that who is told may close the component
              if (failure != null) {
                told.completeExceptionally(failure);
              } else {
                told.complete(answer);
              }
            });
    return told;
  }

  /** Begins a transaction for several components of the database. */
  JointTransaction begin() {
    return database().begin(call("transaction"), gate);
  }

  /**
   * Waits for the calls under way, and gives the share of the pool back.
   *
   * @param parts what else of the component ends in between
   */
  void close(Runnable... parts) {
    gate.close();
    for (Runnable part : parts) {
      part.run();
    }
    lease.close();
  }
}
