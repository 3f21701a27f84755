package dev.inboard.vault;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.secrets.StoredSecret;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks through all folders and reads every secret, a limited number of requests at a time.
 *
 * <p>What the token may not read or has no live version is left out; the top folder must be
 * readable.
 */
final class BulkRead {
  private static final int AT_A_TIME = 16;

  private final Function<String, CompletableFuture<VaultAnswer>> list;
  private final Function<String, CompletableFuture<StoredSecret>> read;
  private final VaultFailures failures;
  private final CompletableFuture<Map<String, StoredSecret>> result = new CompletableFuture<>();
  private final Map<String, StoredSecret> secrets = new TreeMap<>(); // guarded by this, as the rest
  private final Queue<String> toDo = new ArrayDeque<>(); // folders end with a slash; "" is the top
  private int underWay;

  /**
   * Prepares a walk.
   *
   * @param list asks for the names in a folder
   * @param read reads one secret
   */
  BulkRead(
      Function<String, CompletableFuture<VaultAnswer>> list,
      Function<String, CompletableFuture<StoredSecret>> read,
      VaultFailures failures) {
    this.list = list;
    this.read = read;
    this.failures = failures;
  }

  CompletableFuture<Map<String, StoredSecret>> run(String operation) {
    toDo.add("");
    goOn(operation);
    return result;
  }

  private void goOn(String operation) {
    while (true) {
      String next;
      synchronized (this) {
        next = underWay < AT_A_TIME && !result.isDone() ? toDo.poll() : null;
        if (next == null) {
          if (underWay == 0) {
            result.complete(secrets);
          }
          return;
        }
        underWay++;
      }
      begin(next, operation)
          .whenComplete(
              (done, failure) -> {
                synchronized (this) {
                  underWay--;
                }
                if (failure != null) {
                  result.completeExceptionally(failure);
                }
                goOn(operation);
              });
    }
  }

  private CompletionStage<Void> begin(String path, String operation) {
    boolean folder = path.isEmpty() || path.endsWith("/");
    CompletableFuture<Void> step =
        folder
            ? list.apply(path).thenAccept(answer -> listed(path, answer, operation))
            : read.apply(path).thenAccept(secret -> found(path, secret));
    return step.exceptionally(failure -> skipOrThrow(path, failure));
  }

  private synchronized void listed(String folder, VaultAnswer answer, String operation) {
    boolean nothingThere = answer.status() == 404 && answer.errors().isEmpty();
    if (!answer.isSuccess() && !nothingThere) {
      throw failures.status(operation, answer);
    }
    for (JsonNode key : answer.json().at("/data/keys")) {
      toDo.add(folder + key.asText());
    }
  }

  private synchronized void found(String name, StoredSecret secret) {
    secrets.put(name, secret);
  }

  private static @Nullable Void skipOrThrow(String path, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!path.isEmpty() && cause instanceof InboardException known) {
      if (known.code() == ErrorCode.NOT_FOUND || known.code() == ErrorCode.PERMISSION_DENIED) {
        return null;
      }
    }
    throw new CompletionException(cause);
  }
}
