package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.failure;
import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.test.server.PostgresServer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A primary that dies, and a standby that has every commit and takes its place. */
@Timeout(180)
class PostgresFailoverIT {
  @RegisterExtension
  @Order(1)
  static final PostgresServer primary = PostgresServer.create();

  @RegisterExtension
  @Order(2)
  static final PostgresServer standby = PostgresServer.standbyOf(primary);

  @Test
  @DisplayName("with synchronous replication a promoted standby has all that was acknowledged")
  void promotedStandbyLosesNothing() throws Exception {
    String database = primary.createDatabase();
    primary.requireStandby();
    try (PostgresStateStoreDriver store = open(database, "read-write");
        Writers writers = new Writers(store)) {
      writers.awaitMore(300);
      try (PostgresStateStoreDriver reader = open(database, "standby")) {
        InboardException failure =
            failure(reader.set(StateOperation.Set.of("a", new byte[] {'2'})));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("target_session_attrs");
      }
      primary.kill();
      standby.promote();
      writers.awaitMore(300);
      writers.close();
      assertThat(writers.failures).hasPositiveValue();
      writers.assertNothingIsLost(store);
      put(store, "after", "1");
      assertThat(text(store, "after")).isEqualTo("1");
    }
  }

  private static PostgresStateStoreDriver open(String database, String target) {
    return TestComponents.state(
        "v2",
        "connectionString",
        "host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres dbname=%s sslmode=disable"
                .formatted(primary.port(), standby.port(), database)
            + " target_session_attrs="
            + target,
        "timeout",
        "3s");
  }
}
