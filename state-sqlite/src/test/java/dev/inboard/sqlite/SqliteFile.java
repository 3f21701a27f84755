package dev.inboard.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A database file of a test: opened as a component, and looked into from outside. */
record SqliteFile(Path path, Clock clock) {
  SqliteFile(Path path) {
    this(path, Clock.systemUTC());
  }

  /** Opens the file as a component, with further fields as name, value, name, value... */
  SqliteStateStoreDriver open(String... fields) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("connectionString", path.toString());
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return open(metadata, clock);
  }

  static SqliteStateStoreDriver open(Map<String, String> metadata, Clock clock) {
    ComponentSpec spec =
        new ComponentSpec("orders", "state.sqlite", "v1", "app", "default", metadata, clock);
    return (SqliteStateStoreDriver) new SqliteStateStoreProvider().open(spec);
  }

  /** Connects as another program would. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + path);
  }

  /** Runs statements as another program would. */
  void run(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Returns the rows that another program sees, their columns joined by a bar. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(rows.getString(i)));
        }
        found.add(String.join("|", columns));
      }
      return found;
    }
  }

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof InboardException failure ? failure : e;
    }
  }

  static String put(BulkStateStoreDriver driver, String key, String value) {
    return await(driver.set(StateOperation.Set.of(key, value.getBytes(UTF_8))));
  }

  static InboardException assertFails(ErrorCode code, CompletionStage<?> stage) {
    try {
      await(stage);
    } catch (InboardException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
      return e;
    }
    throw new AssertionError("succeeded, but should have failed with " + code);
  }
}
