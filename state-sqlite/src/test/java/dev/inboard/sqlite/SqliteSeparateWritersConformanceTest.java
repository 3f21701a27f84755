package dev.inboard.sqlite;

import dev.inboard.spi.state.StateStoreDriver;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file to which each driver has a writer of its own, as different processes would. (Only
 * components with equal settings share one.)
 */
class SqliteSeparateWritersConformanceTest extends SqliteConformance {
  @TempDir static Path folder;

  private final AtomicInteger busyTimeout = new AtomicInteger(30_000);

  @Override
  protected StateStoreDriver openDriver() {
    return open(
        Map.of(
            "connectionString",
            folder.resolve("state.db").toString(),
            "busyTimeout",
            busyTimeout.getAndIncrement() + "ms"));
  }
}
