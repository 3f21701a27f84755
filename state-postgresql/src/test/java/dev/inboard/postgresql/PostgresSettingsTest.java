package dev.inboard.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresSettingsTest {
  private static ComponentSpec spec(String... fields) {
    return TestComponents.spec("state.postgresql", fields);
  }

  @Test
  void singleFieldsWinOverTheConnectionString() {
    PostgresSettings settings =
        PostgresSettings.of(
            spec(
                "connectionString",
                "postgres://a:b@old:1/x?sslmode=disable",
                "host",
                "new",
                "port",
                "2",
                "database",
                "y",
                "user",
                "u",
                "password",
                "p"));
    assertThat(settings.connection())
        .containsOnly(
            Map.entry("host", "new"),
            Map.entry("port", "2"),
            Map.entry("dbname", "y"),
            Map.entry("user", "u"),
            Map.entry("sslmode", "disable"));
    assertThat(settings.password()).isEqualTo(Secret.of("p"));
    assertThat(settings.toString()).doesNotContain("Secret[p]").doesNotContain("b@");
  }

  @Test
  void hasDefaults() {
    PostgresSettings settings = PostgresSettings.of(spec("url", "host=db"));
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.maxConns())
        .isEqualTo(Math.max(4, Runtime.getRuntime().availableProcessors()));
    assertThat(settings.execMode().isPoolerSafe()).isFalse();
  }

  @Test
  void readsThePoolFromFieldsOrTheConnectionString() {
    assertThat(PostgresSettings.of(spec("url", "host=db pool_max_conns=7")).maxConns())
        .isEqualTo(7);
    assertThat(
            PostgresSettings.of(spec("url", "host=db pool_max_conns=7", "maxConns", "9"))
                .maxConns())
        .isEqualTo(9);
    assertThat(PostgresSettings.of(spec("url", "host=db pool_max_conns=7")).connection())
        .containsOnlyKeys("host");
    assertThat(
            PostgresSettings.of(spec("url", "host=db default_query_exec_mode=exec"))
                .execMode()
                .isPoolerSafe())
        .isTrue();
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(PostgresSettings.check(spec()))
        .singleElement()
        .asString()
        .contains("'connectionString'")
        .contains("'host'");
    assertThat(PostgresSettings.check(spec("url", "user=me")))
        .singleElement()
        .asString()
        .contains("no host");
    assertThat(PostgresSettings.check(spec("url", "host=db port=x sslmode=maybe"))).hasSize(2);
    assertThat(PostgresSettings.check(spec("url", "host=db"))).isEmpty();
    assertThatThrownBy(() -> PostgresSettings.of(spec("url", "host=db", "timeout", "10ms")))
        .hasMessageContaining("less than 1s");
    assertThatThrownBy(() -> PostgresSettings.of(spec("url", "host='secret")))
        .hasMessageContaining("connectionString")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesFieldsOfTheOtherVersion() {
    PostgresStateStoreProvider provider = new PostgresStateStoreProvider();
    assertThat(provider.check(spec("url", "host=db", "tableName", "x")))
        .singleElement()
        .asString()
        .contains("'tablePrefix'");
    assertThatThrownBy(() -> TableNames.prefix("x; DROP TABLE y")).hasMessageContaining("letters");
  }
}
