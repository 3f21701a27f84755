package dev.inboard.vault;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A token in a file that somebody else keeps fresh. Looks at the file at most once a second. */
final class FileToken implements TokenSource {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path file;
  private final VaultFailures failures;
  private @Nullable Secret token; // guarded by this, as the rest
  private @Nullable FileTime modified;
  private long looked;

  FileToken(Path file, VaultFailures failures) {
    this.file = file;
    this.failures = failures;
  }

  @Override
  public CompletionStage<Secret> current(String operation) {
    try {
      return CompletableFuture.completedFuture(read(operation, false));
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletionStage<Secret> replace(Secret refused, String operation) {
    try {
      Secret now = read(operation, true);
      return now.equals(refused)
          ? CompletableFuture.failedFuture(
              failures.unauthenticated(
                  operation, "it is wrong or has expired: write a valid one to '" + file + "'"))
          : CompletableFuture.completedFuture(now);
    } catch (InboardException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized Secret read(String operation, boolean anew) {
    long now = System.nanoTime();
    Secret known = token;
    if (known != null && !anew && now - looked < LOOK_NANOS) {
      return known;
    }
    looked = now;
    try {
      FileTime written = Files.getLastModifiedTime(file);
      if (known == null || anew || !written.equals(modified)) {
        known = Secret.of(Files.readString(file).strip());
        modified = written;
        token = known;
      }
      if (known.isEmpty()) {
        throw failures.failure(
            ErrorCode.UNAUTHENTICATED, operation, "'" + file + "' is empty; write the token to it");
      }
      return known;
    } catch (IOException e) {
      throw failures.failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "the token's file '" + file + "' cannot be read; correct 'vaultTokenMountPath'");
    }
  }

  @Override
  public void close() {}
}
