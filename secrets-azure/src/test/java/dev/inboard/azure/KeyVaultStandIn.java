package dev.inboard.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Speaks the wire format of Azure Key Vault for secrets, and of the login service for service
 * principals with a secret. It is a stand-in: it knows one principal and no roles.
 */
final class KeyVaultStandIn implements AutoCloseable {
  static final String CLIENT_SECRET = "client-planted-0";
  private static final String TENANT = "11111111-1111-1111-1111-111111111111";
  private static final String CLIENT = "22222222-2222-2222-2222-222222222222";
  private static final String TOKEN = "token-planted-1";
  private static final Pattern SECRET = Pattern.compile("/secrets/([^/]+)/?([^/]*)");
  private static final int PAGE = 2;

  /** What is answered to reads of secrets instead, when a test says so. */
  record Refusal(int status, String json) {}

  final AtomicInteger requests = new AtomicInteger();
  volatile Refusal refusal;
  volatile boolean silent;
  volatile boolean stopsMidway;
  final List<String> disabled = new ArrayList<>();
  private final Map<String, List<String>> secrets = new TreeMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(16, 16, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private final SSLContext tls;
  private final HttpsServer server;

  KeyVaultStandIn(Path folder) throws Exception {
    tls = Certificate.context(folder);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    threads.prestartAllCoreThreads(); // so that none appears beside the driver's
    server.setExecutor(threads);
    server.createContext("/secrets", this::answer);
    server.createContext("/" + TENANT, this::logIn);
    server.start();
  }

  /** Returns the address without the scheme. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(30))
        .sslContext(tls)
        .build();
  }

  /** Returns what a component of this vault says. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("vaultName", host());
    metadata.put("azureTenantId", TENANT);
    metadata.put("azureClientId", CLIENT);
    metadata.put("azureClientSecret", CLIENT_SECRET);
    return metadata;
  }

  /** Adds a version. */
  void put(String name, String value) {
    secrets.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  static String version(int number) {
    return "0000000000000000000000000000000" + number;
  }

  private void logIn(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (form.contains("client_secret=" + CLIENT_SECRET)) {
      send(
          exchange,
          200,
          "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" + TOKEN + "\"}");
    } else {
      send(
          exchange,
          401,
          "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided.\"}");
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (silent) {
      return; // and never answers
    }
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    Matcher wanted = SECRET.matcher(path);
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              "Bearer authorization=\"https://"
                  + host()
                  + "/"
                  + TENANT
                  + "\", resource=\"https://vault.azure.net\"");
      send(exchange, 401, error("Unauthorized", "no token"));
      return;
    }
    requests.incrementAndGet();
    if (refusal != null) {
      send(exchange, refusal.status(), refusal.json());
    } else if (wanted.matches()) {
      read(exchange, wanted.group(1), wanted.group(2));
    } else {
      list(exchange);
    }
  }

  static String error(String code, String message) {
    return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
  }

  private void read(HttpExchange exchange, String name, String version) throws IOException {
    List<String> versions = secrets.getOrDefault(name, List.of());
    int number =
        version.isEmpty()
            ? versions.size()
            : version.matches("0{31}\\d") ? Integer.parseInt(version.substring(31)) : 0;
    if (number < 1 || number > versions.size()) {
      send(exchange, 404, error("SecretNotFound", "A secret with this name was not found"));
    } else {
      send(
          exchange,
          200,
          "{\"value\":"
              + quoted(versions.get(number - 1))
              + ",\"id\":\"https://"
              + host()
              + "/secrets/"
              + name
              + "/"
              + version(number)
              + "\",\"attributes\":{\"enabled\":true}}");
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private void list(HttpExchange exchange) throws IOException {
    List<String> names = List.copyOf(secrets.keySet());
    Matcher skip = Pattern.compile("skip=(\\d+)").matcher(exchange.getRequestURI().getQuery());
    int start = skip.find() ? Integer.parseInt(skip.group(1)) : 0;
    int end = Math.min(start + PAGE, names.size());
    String items =
        names.subList(start, end).stream()
            .map(
                name ->
                    "{\"id\":\"https://"
                        + host()
                        + "/secrets/"
                        + name
                        + "\",\"attributes\":{\"enabled\":"
                        + !disabled.contains(name)
                        + "}}")
            .collect(Collectors.joining(","));
    String next =
        end < names.size()
            ? "\"https://" + host() + "/secrets?api-version=7.6&skip=" + end + "\""
            : "null";
    send(exchange, 200, "{\"value\":[" + items + "],\"nextLink\":" + next + "}");
  }

  private void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    if (stopsMidway) {
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
      return; // and no more comes
    }
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
