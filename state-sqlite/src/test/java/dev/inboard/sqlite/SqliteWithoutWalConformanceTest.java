package dev.inboard.sqlite;

import dev.inboard.spi.state.StateStoreDriver;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A file without a write-ahead log, where readers and writers wait for each other. */
class SqliteWithoutWalConformanceTest extends SqliteConformance {
  @TempDir static Path folder;

  @Override
  protected StateStoreDriver openDriver() {
    return open(
        Map.of(
            "connectionString", folder.resolve("state.db").toString(),
            "disableWAL", "true",
            "busyTimeout", "30s"));
  }

  @Override
  public int incrementsPerThread() {
    return 5;
  }
}
