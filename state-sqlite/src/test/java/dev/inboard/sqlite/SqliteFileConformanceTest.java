package dev.inboard.sqlite;

import dev.inboard.spi.state.StateStoreDriver;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A file; all drivers of the process share one writer. */
class SqliteFileConformanceTest extends SqliteConformance {
  @TempDir static Path folder;

  @Override
  protected StateStoreDriver openDriver() {
    return open(Map.of("connectionString", folder.resolve("state.db").toString()));
  }
}
