package dev.inboard.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.sqlite.ConnectionString.Mode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionStringTest {
  @ParameterizedTest
  @CsvSource({
    "/data/state.db, /data/state.db",
    "file:/data/state.db, /data/state.db",
    "FILE:/data/state.db, /data/state.db",
    "file:///data/state.db, /data/state.db",
    "file://localhost/data/state.db, /data/state.db",
    "/data/../state.db, /state.db",
    "/data/my%20state.db, /data/my state.db",
    "/data/100%.db, /data/100%.db",
    "/data/a+b.db, /data/a+b.db",
    "/data/a%3fb.db, /data/a?b.db",
    "/data/%C3%A9.db, /data/é.db",
    "/data/state.db#fragment, /data/state.db",
    "/data/state.db?, /data/state.db"
  })
  void pathIsReadAsSqliteReadsIt(String text, String path) {
    ConnectionString read = ConnectionString.parse(text);
    assertThat(read.file()).isEqualTo(Path.of(path));
    assertThat(read.mode()).isEqualTo(Mode.CREATE);
  }

  @Test
  void relativePathStartsInTheWorkingDirectory() {
    assertThat(ConnectionString.parse("data/state.db").file())
        .isEqualTo(Path.of("").toAbsolutePath().resolve("data/state.db"));
    assertThat(ConnectionString.parse("file:state.db").file())
        .isEqualTo(Path.of("").toAbsolutePath().resolve("state.db"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":memory:",
        ":MEMORY:",
        "file::memory:",
        "file::memory:?cache=shared",
        "file:name?mode=memory&cache=shared"
      })
  void memoryHasNoFile(String text) {
    assertThat(ConnectionString.parse(text).file()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "a.db?mode=rwc, CREATE",
    "a.db?mode=rw, READ_WRITE",
    "a.db?mode=ro, READ_ONLY",
    "a.db?immutable=1, IMMUTABLE",
    "a.db?immutable=0, CREATE",
    "a.db?mode=ro&immutable=1, IMMUTABLE",
    "a.db?immutable=1&mode=ro, IMMUTABLE",
    "a.db?_txlock=immediate&mode=rw&cache=private, READ_WRITE"
  })
  void modeIsRead(String text, Mode mode) {
    assertThat(ConnectionString.parse(text).mode()).isEqualTo(mode);
  }

  @Test
  void pragmasAreKept() {
    assertThat(
            ConnectionString.parse("a.db?_pragma=cache_size(-4000)&_pragma=synchronous%281%29")
                .pragmas())
        .containsExactly("PRAGMA cache_size(-4000)", "PRAGMA synchronous(1)");
  }

  @ParameterizedTest
  @CsvSource({
    "a.db?_pragma=busy_timeout(1), busyTimeout",
    "a.db?_pragma=JOURNAL_MODE(OFF), disableWAL",
    "a.db?_pragma=cache_size(1);DROP TABLE state, name(value)",
    "a.db?mode=wild, rwc",
    "a.db?vfs=unix, 'vfs'",
    ":memory:?mode=ro, memory",
    "file:, no file",
    "?mode=ro, no file",
    "file://server/a.db, host"
  })
  void whatCannotBeHonouredIsRefusedWithTheReason(String text, String reason) {
    assertThatThrownBy(() -> ConnectionString.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason.replace("'", ""));
  }
}
