package dev.inboard.vault;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A token from a login. Renewed when two thirds of its time are over; when it can be renewed no
 * more, another login takes its place while it still serves. One login at a time, whoever needs it.
 */
final class LoginToken implements TokenSource {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final Login login;
  private final VaultHttp http;
  private final VaultFailures failures;
  private final ScheduledThreadPoolExecutor timer;
  private CompletableFuture<Session> session = // guarded by this
      CompletableFuture.failedFuture(new IllegalStateException("nobody has logged in"));

  /**
   * A token and the rest of its life.
   *
   * @param lease from now on; zero: it does not end
   * @param granted the lease that the login granted
   */
  private record Session(
      Secret token, Duration lease, Duration granted, boolean renewable, long endNanos) {
    static Session begun(JsonNode auth) {
      return of(auth, lease(auth));
    }

    static Session renewed(JsonNode auth, Session old) {
      return of(auth, old.granted);
    }

    private static Session of(JsonNode auth, Duration granted) {
      Secret token = Secret.of(auth.path("client_token").asText());
      long end = System.nanoTime() + lease(auth).toNanos();
      return new Session(token, lease(auth), granted, auth.path("renewable").asBoolean(), end);
    }

    private static Duration lease(JsonNode auth) {
      return Duration.ofSeconds(auth.path("lease_duration").asLong());
    }

    /** Near the end of all ends a token is renewed for a short time only. */
    boolean isNearItsEnd() {
      return lease.compareTo(granted.dividedBy(3)) < 0;
    }

    boolean isOver() {
      return !lease.isZero() && endNanos - System.nanoTime() <= 0;
    }

    Duration twoThirds() {
      return lease.multipliedBy(2).dividedBy(3);
    }
  }

  LoginToken(String component, Login login, VaultHttp http, VaultFailures failures) {
    this.login = login;
    this.http = http;
    this.failures = failures;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "inboard-vault-login " + component);
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public synchronized CompletionStage<Secret> current(String operation) {
    boolean usable =
        !session.isCompletedExceptionally() && !(session.isDone() && session.join().isOver());
    return (usable ? session : logIn(operation)).thenApply(Session::token);
  }

  @Override
  public synchronized CompletionStage<Secret> replace(Secret refused, String operation) {
    boolean known =
        session.isDone()
            && !session.isCompletedExceptionally()
            && session.join().token().equals(refused);
    return known ? logIn(operation).thenApply(Session::token) : current(operation);
  }

  /** Logs in; from now on everybody waits for that. */
  private synchronized CompletableFuture<Session> logIn(String operation) {
    session = newSession(operation);
    return session;
  }

  private CompletableFuture<Session> newSession(String operation) {
    CompletableFuture<VaultAnswer> answer;
    try {
      answer =
          http.post(
              operation, "/v1/" + login.mount() + "/login", null, login.body(failures, operation));
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
    return answer.thenApply(
        granted -> {
          Session begun = Session.begun(auth(operation, granted));
          scheduleRenewal(begun);
          return begun;
        });
  }

  private JsonNode auth(String operation, VaultAnswer answer) {
    if (answer.status() == 400 || answer.status() == 403) {
      throw failures.failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "the login at "
              + login.mount()
              + " is refused ("
              + answer.errors()
              + "); correct '"
              + login.identityField()
              + "', the credential, or the mount's path");
    }
    if (!answer.isSuccess() || answer.json().at("/auth/client_token").asText().isEmpty()) {
      throw failures.status(operation, answer);
    }
    return answer.json().path("auth");
  }

  private void scheduleRenewal(Session begun) {
    if (!begun.lease().isZero()) {
      schedule(() -> renew(begun), begun.twoThirds());
    }
  }

  private void schedule(Runnable work, Duration delay) {
    try {
      Future<?> unused =
          timer.schedule(work, Math.max(delay.toMillis(), 100), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return; // closed; nobody needs the token any more
    }
  }

  private void renew(Session old) {
    if (!isCurrent(old)) { // another login came before
      return;
    }
    if (!old.renewable()) {
      takeOver(old, newSession("log in"));
      return;
    }
    CompletableFuture<Session> renewed =
        http.post("renew the token", "/v1/auth/token/renew-self", old.token(), Map.of())
            .thenCompose(answer -> renewedOrNew(old, answer));
    takeOver(old, renewed);
  }

  private CompletionStage<Session> renewedOrNew(Session old, VaultAnswer answer) {
    if (answer.status() == 403 || answer.status() == 400) {
      return newSession("log in");
    }
    if (!answer.isSuccess()) {
      throw failures.status("renew the token", answer);
    }
    Session renewed = Session.renewed(answer.json().path("auth"), old);
    if (renewed.isNearItsEnd()) {
      return newSession("log in");
    }
    scheduleRenewal(renewed);
    return CompletableFuture.completedFuture(renewed);
  }

  /** Puts the next session in the place of the old one, unless another login came before. */
  private void takeOver(Session old, CompletableFuture<Session> next) {
    CompletionStage<Session> stage = next;
    stage.whenComplete(
        (begun, failure) -> {
          if (failure != null) {
            if (!old.isOver() && isCurrent(old)) { // the old token serves until then
              schedule(() -> renew(old), AFTER_FAILURE);
            }
            return;
          }
          synchronized (this) {
            if (isCurrent(old)) {
              session = next;
            }
          }
        });
  }

  private synchronized boolean isCurrent(Session some) {
    @Nullable Session now = null;
    if (session.isDone() && !session.isCompletedExceptionally()) {
      now = session.join();
    }
    return some.equals(now);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
