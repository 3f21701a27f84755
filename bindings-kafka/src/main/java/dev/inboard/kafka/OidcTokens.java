package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.jspecify.annotations.Nullable;

/**
 * Fetches tokens from an identity provider by the client credentials grant (RFC 6749, section 4.4).
 * Safe for many threads.
 *
 * @param form what every request says
 * @param proof what a request adds to prove who asks
 */
record OidcTokens(
    URI endpoint,
    Map<String, String> form,
    Proof proof,
    SSLContext tls,
    Duration timeout,
    Clock clock) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long UNSAID_LIFETIME_SECONDS = 300;

  /** Makes the parameters that prove who asks; called for each request. */
  interface Proof {
    Map<String, String> parameters();
  }

  /** A token as the client wants it. Its text shows nothing of it. */
  private record Token(String value, long startMs, long lifetimeMs, String principalName)
      implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public Long startTimeMs() {
      return startMs;
    }

    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  OAuthBearerToken fetch() throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>(form);
    parameters.putAll(proof.parameters());
    String body =
        parameters.entrySet().stream()
            .map(
                entry ->
                    URLEncoder.encode(entry.getKey(), UTF_8)
                        + "="
                        + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(timeout)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long now = clock.millis();
    Map<String, String> answer = fields(send(request));
    String value = answer.get("access_token");
    if (value == null) {
      throw new IOException(endpoint + " answered without an access_token");
    }
    return new Token(
        value,
        now,
        now + 1_000 * lifetimeSeconds(answer.get("expires_in")),
        String.valueOf(form.get("client_id")));
  }

  private String send(HttpRequest request) throws IOException {
    HttpClient client = HttpClient.newBuilder().sslContext(tls).connectTimeout(timeout).build();
    var answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> response;
    try { // the request's own limit ends with the headers
      response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a token of " + endpoint, e);
    } catch (ExecutionException e) {
      throw new IOException("no token from " + endpoint + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no token from " + endpoint + " in " + timeout.toMillis() + " ms", e);
    }
    if (response.statusCode() != 200) {
      String error = fields(response.body()).getOrDefault("error", "no reason given");
      throw new IOException(
          endpoint + " refuses a token with status " + response.statusCode() + ": " + error);
    }
    return response.body();
  }

  private static long lifetimeSeconds(@Nullable String text) {
    try {
      return text == null ? UNSAID_LIFETIME_SECONDS : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return UNSAID_LIFETIME_SECONDS;
    }
  }

  /** Reads the texts and numbers of a JSON object; anything else has none. */
  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return fields;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken().isScalarValue()) {
          fields.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return fields; // whatever could be read
    }
    return fields;
  }
}
