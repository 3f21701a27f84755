package dev.inboard.benchmarks.secrets;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.benchmarks.Versus;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretStore;
import dev.inboard.test.server.OpenBaoServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads a secret of two values from OpenBao, from the cache, and by a bare HTTP request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VaultRead {
  private final OpenBaoServer server = OpenBaoServer.dev();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpRequest request;
  private Inboard inboard;
  private SecretStore store;

  /** Starts the server and writes the secret. */
  @Setup
  public void open() {
    server.start();
    server.api(
        "POST",
        "secret/data/dapr/payment",
        "{\"data\":{\"user\":\"shop\",\"apiKey\":\"0123456789abcdef\"}}");
    Map<String, String> fields =
        Map.of("vaultAddr", server.uri(), "vaultToken", server.rootToken(), "cacheMaxAge", "1h");
    inboard = Components.runtime("vault", "secretstores.hashicorp.vault", fields).start();
    store = inboard.secretStore("vault");
    request =
        HttpRequest.newBuilder(URI.create(server.uri() + "/v1/secret/data/dapr/payment"))
            .header("X-Vault-Token", server.rootToken())
            .build();
  }

  /** Closes what was opened. */
  @TearDown
  public void close() {
    inboard.close();
    server.close();
  }

  /** Ours, when the secret is known. */
  @Benchmark
  @Limit(name = "secretstores.hashicorp.vault get, cached", limit = 1_000, unit = "ns/op")
  public SecretEntry cached() {
    return store.get("payment");
  }

  /** Ours, when the server is asked. */
  @Benchmark
  @Versus(
      name = "secretstores.hashicorp.vault get, first read",
      baseline = "request",
      baselineName = "java.net.http, answer not decoded",
      target = 0.909)
  public SecretEntry first() {
    return store.getFresh("payment");
  }

  /** The request alone. */
  @Benchmark
  public byte[] request() throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofByteArray()).body();
  }
}
