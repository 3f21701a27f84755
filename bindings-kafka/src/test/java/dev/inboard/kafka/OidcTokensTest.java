package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Bad days of an identity provider. */
class OidcTokensTest {
  @Test
  void answerThatStopsMidwayEndsInTime() throws Exception {
    byte[] token = "{\"access_token\":\"t\",\"expires_in\":60}".getBytes(UTF_8);
    boolean[] stopsMidway = {false};
    HttpServer provider =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, token.length);
          exchange
              .getResponseBody()
              .write(token, 0, stopsMidway[0] ? token.length / 2 : token.length);
          exchange.getResponseBody().flush(); // and no more comes
        });
    provider.start();
    OidcTokens tokens =
        new OidcTokens(
            URI.create("http://127.0.0.1:" + provider.getAddress().getPort() + "/token"),
            Map.of("client_id", "shop"),
            Map::of,
            SSLContext.getDefault(),
            Duration.ofSeconds(1),
            Clock.systemUTC());
    try {
      assertThat(tokens.fetch().value()).isEqualTo("t");
      stopsMidway[0] = true;
      assertThatThrownBy(tokens::fetch)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no token from http://127.0.0.1:")
          .hasMessageEndingWith("in 1000 ms");
    } finally {
      provider.stop(0);
    }
  }
}
