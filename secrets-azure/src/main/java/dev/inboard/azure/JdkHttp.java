package dev.inboard.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends the requests of Azure's clients with the JDK's HTTP client. */
final class JdkHttp implements HttpClient, AutoCloseable {
  /** Those that the JDK sets itself and lets nobody set. */
  private static final Set<String> OWN = Set.of("connection", "content-length", "expect", "host");

  private volatile java.net.http.@Nullable HttpClient client; // null: closed
  private final Duration timeout;

  JdkHttp(java.net.http.HttpClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromCallable(() -> sendSync(request, Context.NONE));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    BinaryData body = request.getBodyAsBinaryData();
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.getUrl().toString()))
            .timeout(timeout)
            .method(
                request.getHttpMethod().toString(),
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.toBytes()));
    for (HttpHeader header : request.getHeaders()) {
      if (!OWN.contains(header.getName().toLowerCase(Locale.ROOT))) {
        header.getValuesList().forEach(value -> builder.header(header.getName(), value));
      }
    }
    java.net.http.HttpClient current = client;
    if (current == null) {
      throw new IllegalStateException("the component is closed");
    }
    var answer = current.sendAsync(builder.build(), BodyHandlers.ofByteArray());
    try { // the request's own limit ends with the headers
      return new Response(request, answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      throw new UncheckedIOException(
          e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause()));
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new UncheckedIOException(new HttpTimeoutException("the answer stopped midway"));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }

  /** Lets go of the client, which Azure's clients would keep for as long as they are held. */
  @Override
  public void close() {
    Object last = client;
    client = null;
    if (last instanceof AutoCloseable closeable) { // from JDK 21 on; before, collection does it
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("an HTTP client that does not close", e);
      }
    }
  }

  /** An answer that is here as a whole. */
  private static final class Response extends HttpResponse {
    private final int status;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    Response(HttpRequest request, java.net.http.HttpResponse<byte[]> answer) {
      super(request);
      status = answer.statusCode();
      body = answer.body();
      answer
          .headers()
          .map()
          .forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
    }

    @Override
    public int getStatusCode() {
      return status;
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
      return headers.getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return Flux.just(ByteBuffer.wrap(body));
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
      return BinaryData.fromBytes(body);
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.just(body);
    }

    @Override
    public Mono<String> getBodyAsString() {
      return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.just(new String(body, charset));
    }
  }
}
