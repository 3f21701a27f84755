package dev.inboard.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Speaks the wire format of the Kubernetes API for Secret objects and the version. It is a
 * stand-in: it knows one token and no roles.
 */
final class ApiServerStandIn implements AutoCloseable {
  static final String TOKEN = "token-planted-0";
  private static final Pattern SECRETS =
      Pattern.compile("/api/v1/namespaces/([^/]+)/secrets(?:/([^/]+))?");
  private static final int PAGE = 2;

  final AtomicInteger requests = new AtomicInteger();
  volatile int refusal; // a status; 0: none
  volatile boolean silent;
  volatile boolean stopsMidway;
  private final Map<String, Map<String, byte[]>> secrets = new ConcurrentSkipListMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(16, 16, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private final HttpServer server;

  ApiServerStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads.prestartAllCoreThreads(); // so that none appears beside the driver's
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Writes a file that says where the server is and who asks. */
  Path kubeconfig(Path folder, String token) throws IOException {
    String text =
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: "%s"}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: from-context}}]
        current-context: x
        """
            .formatted(server.getAddress().getPort(), token);
    return Files.writeString(folder.resolve("config"), text);
  }

  void put(String namespace, String name, Map<String, String> values) {
    Map<String, byte[]> bytes = new TreeMap<>();
    values.forEach((key, value) -> bytes.put(key, value.getBytes(UTF_8)));
    putBytes(namespace, name, bytes);
  }

  void putBytes(String namespace, String name, Map<String, byte[]> values) {
    secrets.put(namespace + "/" + name, values);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    if (silent) {
      return; // and never answers
    }
    String path = exchange.getRequestURI().getPath();
    Matcher wanted = SECRETS.matcher(path);
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      refuse(exchange, 401, "Unauthorized");
    } else if (path.equals("/version")) {
      send(exchange, 200, "{\"major\":\"1\",\"minor\":\"31\",\"gitVersion\":\"v1.31.0\"}");
    } else if (refusal != 0) {
      refuse(exchange, refusal, "the test says so");
    } else if (!wanted.matches()) {
      refuse(exchange, 404, "the server could not find the requested resource");
    } else if (wanted.group(2) == null) {
      list(exchange, wanted.group(1));
    } else if (!secrets.containsKey(wanted.group(1) + "/" + wanted.group(2))) {
      refuse(exchange, 404, "secrets \\\"" + wanted.group(2) + "\\\" not found");
    } else {
      send(exchange, 200, object(wanted.group(1) + "/" + wanted.group(2)));
    }
  }

  private String object(String key) {
    String[] parts = key.split("/");
    String data =
        secrets.get(key).entrySet().stream()
            .map(
                value ->
                    "\""
                        + value.getKey()
                        + "\":\""
                        + Base64.getEncoder().encodeToString(value.getValue())
                        + "\"")
            .collect(Collectors.joining(","));
    return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"Opaque\",\"metadata\":{\"name\":\""
        + parts[1]
        + "\",\"namespace\":\""
        + parts[0]
        + "\"},\"data\":{"
        + data
        + "}}";
  }

  private void list(HttpExchange exchange, String namespace) throws IOException {
    List<String> keys =
        secrets.keySet().stream().filter(key -> key.startsWith(namespace + "/")).toList();
    Matcher from =
        Pattern.compile("continue=(\\d+)")
            .matcher(String.valueOf(exchange.getRequestURI().getQuery()));
    int start = from.find() ? Integer.parseInt(from.group(1)) : 0;
    int end = Math.min(start + PAGE, keys.size());
    String items =
        keys.subList(start, end).stream().map(this::object).collect(Collectors.joining(","));
    String next = end < keys.size() ? "\"continue\":\"" + end + "\"" : "";
    send(
        exchange,
        200,
        "{\"apiVersion\":\"v1\",\"kind\":\"SecretList\",\"metadata\":{"
            + next
            + "},\"items\":["
            + items
            + "]}");
  }

  private void refuse(HttpExchange exchange, int status, String message) throws IOException {
    send(
        exchange,
        status,
        "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\""
            + message
            + "\",\"code\":"
            + status
            + "}");
  }

  private void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
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
