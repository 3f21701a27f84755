package dev.inboard.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionStringTest {
  private static Map<String, String> read(String text) {
    return ConnectionString.parse(text).settings();
  }

  @Test
  void readsUrls() {
    assertThat(
            read(
                "postgres://us%40er:p%25w%2Fx:y@db.internal:6432/shop?sslmode=require&search_path=a"))
        .containsOnly(
            Map.entry("user", "us@er"),
            Map.entry("password", "p%w/x:y"),
            Map.entry("host", "db.internal"),
            Map.entry("port", "6432"),
            Map.entry("dbname", "shop"),
            Map.entry("sslmode", "require"),
            Map.entry("search_path", "a"));
    assertThat(read("postgresql://db"))
        .containsOnly(Map.entry("host", "db"), Map.entry("port", "5432"));
    assertThat(read("postgres://a:1,b:2,[::1]:3/x"))
        .containsEntry("host", "a,b,[::1]")
        .containsEntry("port", "1,2,3");
    assertThat(read("postgres:///x?host=%2Ftmp"))
        .containsOnly(Map.entry("dbname", "x"), Map.entry("host", "/tmp"));
  }

  @Test
  void readsKeywords() {
    assertThat(read("host=db  port = 6432\tuser='it is' "))
        .containsEntry("host", "db")
        .containsEntry("port", "6432")
        .containsEntry("user", "it is");
    assertThat(read("host=db password='a b\\'c\\\\d' dbname=shop"))
        .containsOnly(
            Map.entry("host", "db"),
            Map.entry("password", "a b'c\\d"),
            Map.entry("dbname", "shop"));
    assertThat(read("database=shop HOST=db")).containsOnlyKeys("dbname", "host");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "db.internal",
        "=x",
        "a b=c",
        "host='db",
        "postgres://u:%zz@db/x",
        "postgres://db/x?y"
      })
  void refusesWithoutShowingTheText(String text) {
    assertThatThrownBy(() -> ConnectionString.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("%zz");
  }

  @Test
  void showsNoPassword() {
    assertThat(ConnectionString.parse("host=db password=secret").toString())
        .doesNotContain("secret");
  }
}
