package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.assertFails;
import static dev.inboard.sqlite.SqliteFile.await;
import static dev.inboard.sqlite.SqliteFile.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import dev.inboard.spi.state.StateOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteListingTest {
  @TempDir Path folder;
  private SettableClock clock;
  private SqliteFile file;
  private SqliteStateStoreDriver driver;

  @BeforeEach
  void open() {
    clock = new SettableClock(Instant.parse("2026-01-31T13:05:09Z"));
    file = new SqliteFile(folder.resolve("state.db"), clock);
    driver = file.open();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void fill(String stem, int count) {
    List<StateOperation> sets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sets.add(StateOperation.Set.of(stem + i, new byte[0]));
    }
    await(driver.transact(sets));
  }

  @Test
  void keysThatAreRewrittenBetweenPagesAreListedOnce() throws Exception {
    fill("k", 40);
    List<String> listed = new ArrayList<>();
    String token = null;
    do {
      Page page = await(driver.listKeys("k", 7, token));
      listed.addAll(page.keys());
      token = page.token();
      fill("k", 40);
      file.run( // a sidecar's write moves the row to the end of the table
          "INSERT OR REPLACE INTO state SELECT key, '', 1, 'e', NULL, CURRENT_TIMESTAMP FROM state"
              + " WHERE key < 'k2'");
    } while (token != null);
    assertThat(listed).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void pageLooksAtNoMoreRowsThanItsLimit() {
    await(
        driver.transact(
            List.of(
                StateOperation.Set.of("a1", new byte[0]).expiringAfter(Duration.ofSeconds(1)),
                StateOperation.Set.of("a2", new byte[0]).expiringAfter(Duration.ofSeconds(1)),
                StateOperation.Set.of("a3", new byte[0]),
                StateOperation.Set.of("b1", new byte[0]))));
    clock.advance(Duration.ofSeconds(2));
    Page first = await(driver.listKeys("a", 2, null));
    assertThat(first).isEqualTo(new Page(List.of(), "a2"));
    assertThat(await(driver.listKeys("a", 2, first.token())))
        .isEqualTo(new Page(List.of("a3"), null));
  }

  @Test
  void prefixIsComparedCharacterByCharacter() {
    for (String key : List.of("a", "a%b", "a_b", "aXb", "A%b", "a\uDBFF\uDFFFz", "b")) {
      put(driver, key, "1");
    }
    assertThat(await(driver.listKeys("a%", 10, null)).keys()).containsExactly("a%b");
    assertThat(await(driver.listKeys("a_", 10, null)).keys()).containsExactly("a_b");
    assertThat(await(driver.listKeys("a\uDBFF\uDFFF", 10, null)).keys())
        .containsExactly("a\uDBFF\uDFFFz");
    assertThat(await(driver.listKeys("a", 10, null)).keys()).hasSize(5);
  }

  @Test
  void listingUsesTheIndex() throws Exception {
    assertThat(
            file.query(
                "EXPLAIN QUERY PLAN SELECT key, expiration_time FROM state"
                    + " WHERE key >= 'a' ORDER BY key LIMIT 10"))
        .singleElement()
        .asString()
        .contains("USING INDEX sqlite_autoindex_state_1 (key>?)");
  }

  @Test
  void tokenOfAnotherListingIsRefused() {
    assertFails(ErrorCode.INVALID_ARGUMENT, driver.listKeys("a", 10, "b1"));
  }
}
