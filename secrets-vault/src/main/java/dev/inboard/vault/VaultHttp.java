package dev.inboard.vault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.ComponentSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends requests to the server, each once. */
final class VaultHttp implements AutoCloseable {
  /** Numbers keep every digit, so that their JSON text is what was stored. */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int THREADS = 4;

  private final VaultFailures failures;
  private final URI address;
  private final Duration timeout;
  private final @Nullable String namespace;
  private final ThreadPoolExecutor threads;
  private @Nullable HttpClient client; // null when closed; guarded by this

  VaultHttp(ComponentSpec spec, VaultFailures failures) {
    this.failures = failures;
    this.address = spec.get(VaultOptions.ADDRESS);
    this.timeout = spec.get(VaultOptions.TIMEOUT);
    this.namespace = spec.get(VaultOptions.NAMESPACE);
    this.threads = threads("inboard-vault " + spec.name());
    boolean tls = "https".equalsIgnoreCase(address.getScheme());
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .executor(threads)
            .followRedirects(HttpClient.Redirect.NORMAL) // standby nodes name the active one
            .version(tls ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
    if (tls) {
      builder.sslContext(VaultTls.context(spec));
    }
    this.client = builder.build();
  }

  private static ThreadPoolExecutor threads(String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Reads something in the namespace of the component. */
  CompletableFuture<VaultAnswer> get(String operation, String path, Secret token) {
    if (!isSendable(token)) {
      return CompletableFuture.failedFuture(notSendable(operation));
    }
    HttpRequest.Builder request = request(path).header("X-Vault-Token", token.reveal()).GET();
    return CallingThread.waits() ? read(operation, request) : send(operation, request);
  }

  /** Writes something in the namespace of the component, without a token when it is null. */
  CompletableFuture<VaultAnswer> post(
      String operation, String path, @Nullable Secret token, Map<String, String> body) {
    HttpRequest.Builder request = request(path);
    if (token != null && !isSendable(token)) {
      return CompletableFuture.failedFuture(notSendable(operation));
    }
    if (token != null) {
      request.header("X-Vault-Token", token.reveal());
    }
    try {
      byte[] json = JSON.writeValueAsBytes(body);
      return send(operation, request.POST(HttpRequest.BodyPublishers.ofByteArray(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  /** Any other text would make the HTTP client fail with a message that shows the token. */
  private static boolean isSendable(Secret token) {
    return token.reveal().matches("[!-~]+");
  }

  private InboardException notSendable(String operation) {
    return failures.failure(
        ErrorCode.UNAUTHENTICATED,
        operation,
        "the token is empty or holds characters that no token has; correct it");
  }

  /** Asks how the server is; needs no token, and no namespace has an answer of its own. */
  CompletableFuture<VaultAnswer> health(String operation) {
    String path = "/v1/sys/health?standbyok=true&perfstandbyok=true";
    return send(operation, HttpRequest.newBuilder(URI.create(address + path)).timeout(timeout));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(timeout)
            .header("X-Vault-Request", "true");
    if (namespace != null) {
      request.header("X-Vault-Namespace", namespace);
    }
    return request;
  }

  /**
   * Reads on the calling thread, which spares the ways to other threads and back. When it is
   * interrupted, the answer comes later: others may wait for it too.
   */
  private CompletableFuture<VaultAnswer> read(String operation, HttpRequest.Builder request) {
    HttpClient open = open();
    if (open == null) {
      return CompletableFuture.failedFuture(failures.closed(operation));
    }
    try {
      HttpResponse<byte[]> response = open.send(request.build(), new WholeAnswer(timeout));
      return CompletableFuture.completedFuture(answer(operation, response));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return send(operation, request);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(failures.network(operation, e));
    }
  }

  private synchronized @Nullable HttpClient open() {
    return client;
  }

  private CompletableFuture<VaultAnswer> send(String operation, HttpRequest.Builder request) {
    HttpClient open = open();
    if (open == null) {
      return CompletableFuture.failedFuture(failures.closed(operation));
    }
    return open.sendAsync(request.build(), new WholeAnswer(timeout))
        .handle(
            (response, failure) -> {
              if (failure != null) {
                throw new CompletionException(failures.network(operation, failure));
              }
              return answer(operation, response);
            });
  }

  private VaultAnswer answer(String operation, HttpResponse<byte[]> response) {
    try {
      JsonNode json = JSON.readTree(response.body());
      return new VaultAnswer(
          response.statusCode(), json == null ? MissingNode.getInstance() : json);
    } catch (IOException e) { // its message quotes the answer
      if (response.statusCode() >= 300) {
        return new VaultAnswer(response.statusCode(), MissingNode.getInstance());
      }
      throw failures.failure(
          ErrorCode.UNAVAILABLE,
          operation,
          address + " does not answer with JSON; is 'vaultAddr' that of a Vault?");
    }
  }

  /** Ends the client and its threads. The caller has waited for what was under way. */
  @Override
  public void close() {
    Object last;
    synchronized (this) {
      last = client;
      client = null;
    }
    if (last
        instanceof AutoCloseable closeable) { // from JDK 21 on; before, garbage collection does it
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("an HTTP client that does not close", e);
      }
    }
    threads.shutdown();
  }
}
