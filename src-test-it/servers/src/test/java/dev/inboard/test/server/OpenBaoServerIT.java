package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OpenBaoServerIT {
  @RegisterExtension static final OpenBaoServer dev = OpenBaoServer.dev();
  @RegisterExtension static final OpenBaoServer persistent = OpenBaoServer.persistent();

  @Test
  void servesAtOnceInMemory() {
    dev.api("POST", "secret/data/a", "{\"data\":{\"key\":\"value\"}}");

    assertThat(dev.api("GET", "secret/data/a", "")).contains("\"key\":\"value\"");
    assertThat(dev.certificate()).content().startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void keepsSecretsOverACrashAndIsSealedThen() {
    persistent.unseal();
    persistent.api("POST", "secret/data/a", "{\"data\":{\"key\":\"value\"}}");

    persistent.kill();
    persistent.start();

    assertThatThrownBy(() -> persistent.api("GET", "secret/data/a", ""))
        .hasMessageContaining("503")
        .hasMessageContaining("sealed");
    persistent.unseal();
    assertThat(persistent.api("GET", "secret/data/a", "")).contains("\"key\":\"value\"");
  }
}
