package dev.inboard.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks the wire format of AWS Secrets Manager (JSON 1.1) for the few calls that the driver makes.
 * It is a stand-in: signatures are not verified, only who signed.
 */
final class SecretsManagerStandIn implements AutoCloseable {
  static final String KEY_ID = "AKIDSTANDIN";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 2;

  /** One secret; its last version is the current one. */
  private record Stored(List<String> versions, boolean binary) {}

  /** What is answered instead, when a test says so. */
  record Refusal(int status, String code, String message) {}

  final AtomicInteger requests = new AtomicInteger();
  volatile Refusal refusal;
  volatile boolean silent;
  volatile boolean stopsMidway;
  private final Map<String, Stored> secrets = new TreeMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(16, 16, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private final HttpServer server;

  SecretsManagerStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads.prestartAllCoreThreads(); // so that none appears beside the driver's
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Adds a version. */
  SecretsManagerStandIn put(String name, String text) {
    secrets.computeIfAbsent(name, any -> new Stored(new ArrayList<>(), false)).versions().add(text);
    return this;
  }

  SecretsManagerStandIn putBinary(String name, String base64) {
    secrets.put(name, new Stored(List.of(base64), true));
    return this;
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    if (silent) {
      return; // and never answers
    }
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String signature = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    Refusal refused = refusal;
    if (!signature.startsWith("AWS4-HMAC-SHA256 Credential=" + KEY_ID + "/")) {
      refused =
          new Refusal(
              400,
              "UnrecognizedClientException",
              "The security token included in the request is invalid.");
    }
    if (refused != null) {
      send(exchange, refused.status(), error(refused.code(), refused.message()));
    } else if (target.equals("secretsmanager.ListSecrets")) {
      send(exchange, 200, list(request));
    } else {
      one(exchange, target, request);
    }
  }

  private void one(HttpExchange exchange, String target, JsonNode request) throws IOException {
    String name = request.path("SecretId").asText();
    Stored stored = secrets.get(name);
    int version = version(request, stored);
    if (stored == null || version < 1 || version > stored.versions().size()) {
      send(
          exchange,
          400,
          error(
              "ResourceNotFoundException",
              "Secrets Manager can't find the specified secret value."));
      return;
    }
    ObjectNode answer = JSON.createObjectNode().put("Name", name);
    answer.put("ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:" + name);
    if (target.equals("secretsmanager.GetSecretValue")) {
      answer.put("VersionId", versionId(version));
      answer.put(
          stored.binary() ? "SecretBinary" : "SecretString", stored.versions().get(version - 1));
    }
    send(exchange, 200, answer);
  }

  static String versionId(int version) {
    return "00000000-0000-0000-0000-00000000000" + version;
  }

  private static int version(JsonNode request, Stored stored) {
    String id = request.path("VersionId").asText();
    int last = stored == null ? 0 : stored.versions().size();
    if (request.path("VersionStage").asText().equals("AWSPREVIOUS")) {
      return last - 1;
    }
    if (id.isEmpty()) {
      return last;
    }
    return id.startsWith("00000000-") ? Integer.parseInt(id.substring(id.length() - 1)) : 0;
  }

  private ObjectNode list(JsonNode request) {
    int from = request.path("NextToken").asInt();
    List<String> names = List.copyOf(secrets.keySet());
    ObjectNode answer = JSON.createObjectNode();
    var page = answer.putArray("SecretList");
    for (int i = from; i < Math.min(from + PAGE, names.size()); i++) {
      page.addObject().put("Name", names.get(i));
    }
    if (from + PAGE < names.size()) {
      answer.put("NextToken", String.valueOf(from + PAGE));
    }
    return answer;
  }

  private static ObjectNode error(String code, String message) {
    return JSON.createObjectNode().put("__type", code).put("message", message);
  }

  private void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
    byte[] bytes = answer.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
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
