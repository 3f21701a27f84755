package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.sql.Call;
import dev.inboard.sql.GroupCommitWriter;
import dev.inboard.sql.SharedResources;
import dev.inboard.sql.Work;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An open database: one writer, and beside it connections to read on.
 *
 * <p>A database in memory has one connection only, so there reads go through the writer, too.
 */
final class SqliteDatabase implements SharedResources.Resource {
  private static final int QUEUE_CAPACITY = 4_096;

  /** Other processes give up their wait for the lock after 2 seconds, unless told otherwise. */
  private static final Duration LONGEST_TRANSACTION = Duration.ofMillis(100);

  private final @Nullable GroupCommitWriter writer; // null: read-only
  private final @Nullable ReadPool readers; // null: in memory

  /** Opens a database. Its file exists afterwards, unless it is read-only. */
  SqliteDatabase(SqliteSettings settings) throws SQLException {
    NativeLibrary.load();
    SqliteSessions sessions = new SqliteSessions(settings);
    Path file = settings.connection().file();
    if (settings.connection().isReadOnly()) {
      sessions.forReading().open().close();
      writer = null;
    } else {
      GroupCommitWriter.Settings how =
          new GroupCommitWriter.Settings(
              "inboard-sqlite-" + (file == null ? "memory" : file.getFileName()),
              "BEGIN IMMEDIATE",
              QUEUE_CAPACITY,
              settings.timeout(),
              LONGEST_TRANSACTION);
      writer = new GroupCommitWriter(how, sessions.forWriting(), SqliteErrors.INSTANCE);
    }
    int size = Math.max(4, Runtime.getRuntime().availableProcessors());
    readers = file == null ? null : new ReadPool(sessions.forReading(), size, settings.timeout());
  }

  /**
   * Runs statements that only read. They see everything that was acknowledged before. On a file
   * they run on the caller's thread.
   */
  <T> CompletableFuture<T> read(Call call, Work<T> work) {
    if (readers == null) {
      return writeStatement(call, work);
    }
    try {
      return CompletableFuture.completedFuture(readers.read(call, work));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Runs statements in a transaction that is committed before the future completes. */
  <T> CompletableFuture<T> write(Call call, Work<T> work) {
    return writer == null ? refuse(call) : writer.submit(call, work);
  }

  /** The same for work that {@link GroupCommitWriter#submitSound} takes. */
  <T> CompletableFuture<T> writeSound(Call call, Work<T> work) {
    return writer == null ? refuse(call) : writer.submitSound(call, work);
  }

  /** The same for work that {@link GroupCommitWriter#submitStatement} takes. */
  <T> CompletableFuture<T> writeStatement(Call call, Work<T> work) {
    return writer == null ? refuse(call) : writer.submitStatement(call, work);
  }

  private static <T> CompletableFuture<T> refuse(Call call) {
    String reason = "the connection string opens the file for reading only";
    return CompletableFuture.failedFuture(call.failed(ErrorCode.PERMISSION_DENIED, reason, null));
  }

  void observe(ComponentTelemetry listener) {
    if (writer != null) {
      writer.observe(listener);
    }
  }

  void ignore(ComponentTelemetry listener) {
    if (writer != null) {
      writer.ignore(listener);
    }
  }

  /** Waits until every write that was submitted before is done. */
  @Override
  public void flush() {
    if (writer != null) {
      writer.flush();
    }
  }

  /** Finishes what was accepted, then closes every connection. */
  @Override
  public void close() {
    if (readers != null) {
      readers.close();
    }
    if (writer != null) {
      writer.close(); // last, so that it moves the log into the file
    }
  }
}
