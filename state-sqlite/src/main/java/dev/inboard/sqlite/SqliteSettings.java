package dev.inboard.sqlite;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durations;
import dev.inboard.spi.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a component uses its database. Components with equal settings share one {@link
 * SqliteDatabase}.
 *
 * @param timeout how long a call waits for its turn: for room in the queue of the writer, or for a
 *     connection to read on
 * @param busyTimeout how long a call waits for a lock that another process holds
 * @param wal whether the file has a write-ahead log, so that reads do not wait for writes
 */
record SqliteSettings(
    ConnectionString connection,
    Duration timeout,
    Duration busyTimeout,
    boolean wal,
    Durability durability) {
  static final Option<ConnectionString> CONNECTION_STRING =
      Option.of("connectionString", Option.Kind.TEXT, ConnectionString::parse)
          .<ConnectionString>required()
          .alias("url")
          .about(
              "Path of the database file, which is created with its folders, or `:memory:`;"
                  + " a `file:` URI with parameters such as `?mode=ro` too");

  static final Option<Duration> TIMEOUT =
      Option.of("timeout", Option.Kind.DURATION, SqliteSettings::timeout)
          .or(Duration.ofSeconds(20))
          .alias("timeoutInSeconds")
          .about(
              "Longest wait for a turn: for room in the queue of the writer, or for a connection to"
                  + " read on; at least 1s");

  static final Option<Duration> BUSY_TIMEOUT =
      Option.duration("busyTimeout")
          .or(Duration.ofSeconds(2))
          .about("Longest wait for a lock that another process holds; 0 does not wait");

  static final Option<Boolean> DISABLE_WAL =
      Option.bool("disableWAL")
          .or(false)
          .about(
              "Do without a write-ahead log, as network file systems need; reads then wait for"
                  + " writes");

  static final Option<Durability> DURABILITY =
      Option.choice("durability", Durability.class)
          .or(Durability.FULL)
          .about(
              "`full`: an acknowledged write survives a power failure; `normal`: a crash of the"
                  + " process, and writing is faster");

  static final List<Option<?>> OPTIONS =
      List.of(CONNECTION_STRING, TIMEOUT, BUSY_TIMEOUT, DISABLE_WAL, DURABILITY);

  /** Reads the settings of a component. */
  static SqliteSettings of(ComponentSpec spec) {
    return new SqliteSettings(
        spec.get(CONNECTION_STRING),
        spec.get(TIMEOUT),
        spec.get(BUSY_TIMEOUT),
        !spec.get(DISABLE_WAL),
        spec.get(DURABILITY));
  }

  /** As good as a record's own, which costs each JVM a dozen classes when it is first called. */
  @Override
  public int hashCode() {
    return Objects.hashCode(connection.file());
  }

  private static Duration timeout(String text) {
    Duration timeout = Durations.parse(text, Duration.ofSeconds(1));
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("is less than 1s");
    }
    return timeout;
  }

  /** The same settings for a file whose path is spelt differently. */
  SqliteSettings at(Path file) {
    return new SqliteSettings(
        new ConnectionString(file, connection.mode(), connection.pragmas()),
        timeout,
        busyTimeout,
        wal,
        durability);
  }
}
