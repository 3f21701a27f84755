package dev.inboard.postgresql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.PostgresServer;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Components as tests open them. */
final class TestComponents {
  private TestComponents() {}

  /** Describes a component of the newer version; the fields come in pairs of name and value. */
  static ComponentSpec spec(String type, String... fields) {
    return spec("v2", type, fields);
  }

  static ComponentSpec spec(String version, String type, String[] fields) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return new ComponentSpec(
        "orders", type, version, "app", "default", metadata, Clock.systemUTC());
  }

  /** Says where a database is. */
  static String at(PostgresServer server, String database) {
    return at(server.port(), database);
  }

  static String at(int port, String database) {
    return "postgres://postgres@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
  }

  static PostgresStateStoreDriver state(String version, String... fields) {
    return (PostgresStateStoreDriver)
        new PostgresStateStoreProvider().open(spec(version, "state.postgresql", fields));
  }

  static PostgresWorkflowBackendDriver workflows(String... fields) {
    return (PostgresWorkflowBackendDriver)
        new PostgresWorkflowBackendProvider().open(spec("workflowbackend.postgresql", fields));
  }

  static PostgresConfigurationDriver configuration(String... fields) {
    return (PostgresConfigurationDriver)
        new PostgresConfigurationProvider().open(spec("v1", "configuration.postgresql", fields));
  }

  static void put(StateStoreDriver store, String key, String value) {
    await(store.set(StateOperation.Set.of(key, value.getBytes(UTF_8))));
  }

  static String text(StateStoreDriver store, String key) {
    return new String(await(store.get(key)).value(), UTF_8);
  }

  /** Returns what a stage completes with, or throws what it fails with. */
  @SuppressWarnings("NullAway") // who expects null looks for it
  static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(90, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static InboardException failure(CompletionStage<?> stage) {
    try {
      await(stage);
    } catch (InboardException e) {
      return e;
    }
    throw new AssertionError("it should have failed");
  }
}
