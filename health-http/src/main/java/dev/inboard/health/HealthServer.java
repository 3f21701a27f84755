package dev.inboard.health;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.inboard.Health;
import dev.inboard.Inboard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET} and {@code HEAD} for three paths:
 *
 * <ul>
 *   <li>{@code /live}: 200 while the runtime is started and not closed, else 503; it asks no
 *       component, so that an outage of a store does not restart the process
 *   <li>{@code /ready}: 200 while every component that must be is ready, else 503; the body is the
 *       runtime's {@link Health} as JSON, with the reason of each component that is not
 *   <li>{@code /metrics}: what the {@link MetricsPage} writes; 404 without one
 * </ul>
 *
 * <pre>{@code
 * try (Inboard inboard = Inboard.builder().appId("checkout").start();
 *     HealthServer health = HealthServer.builder(inboard).port(8081).start()) { … }
 * }</pre>
 *
 * <p>Close it after the runtime, so that probes see the end of it. Its threads are daemons.
 */
public final class HealthServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthServer.class);
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 64;

  private final ObjectMapper json = new ObjectMapper();
  private final Inboard inboard;
  private final @Nullable MetricsPage metrics;
  private final HttpServer server;
  private final ExecutorService threads;

  private HealthServer(Inboard inboard, @Nullable MetricsPage metrics, InetSocketAddress address)
      throws IOException {
    this.inboard = inboard;
    this.metrics = metrics;
    server = HttpServer.create(address, MAX_WAITING);
    threads = threads();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private static ExecutorService threads() {
    AtomicInteger count = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREADS,
        THREADS,
        1,
        TimeUnit.MINUTES,
        new LinkedBlockingQueue<>(MAX_WAITING),
        task -> {
          Thread thread = new Thread(task, "inboard-health-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.AbortPolicy());
  }

  /** Begins to describe a server for a runtime. */
  public static Builder builder(Inboard inboard) {
    Objects.requireNonNull(inboard, "inboard");
    return new Builder(inboard);
  }

  /** Returns the port on which it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")
          && !exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/live" -> sendLiveness(exchange);
        case "/ready" -> sendReadiness(exchange);
        case "/metrics" -> sendMetrics(exchange);
        default -> exchange.sendResponseHeaders(404, -1);
      }
    } catch (IOException e) {
      log.debug("a client did not wait for its answer", e);
    } catch (RuntimeException e) {
      log.warn("{} could not be answered", exchange.getRequestURI().getPath(), e);
    }
  }

  private void sendLiveness(HttpExchange exchange) throws IOException {
    boolean live = inboard.isLive();
    sendJson(exchange, live, Map.of("live", live));
  }

  private void sendReadiness(HttpExchange exchange) throws IOException {
    Health health = inboard.health();
    sendJson(exchange, health.ready(), health);
  }

  private void sendJson(HttpExchange exchange, boolean well, Object body) throws IOException {
    send(exchange, well ? 200 : 503, "application/json", json.writeValueAsBytes(body));
  }

  private void sendMetrics(HttpExchange exchange) throws IOException {
    if (metrics == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    metrics.write(accept, page);
    send(exchange, 200, metrics.contentType(accept), page.toByteArray());
  }

  private static void send(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** Listens no more, and cuts off whoever is being answered. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** Describes a server and starts it. For one thread. */
  public static final class Builder {
    private final Inboard inboard;
    private @Nullable MetricsPage metrics;
    private InetSocketAddress address = new InetSocketAddress(0);

    private Builder(Inboard inboard) {
      this.inboard = inboard;
    }

    /** Listens on a port of every address of this machine; by default a free one. */
    public Builder port(int port) {
      return address(new InetSocketAddress(port));
    }

    /** Listens on one address only. */
    public Builder address(InetSocketAddress address) {
      this.address = Objects.requireNonNull(address, "address");
      return this;
    }

    /** Serves a page for Prometheus. */
    public Builder metrics(MetricsPage page) {
      this.metrics = Objects.requireNonNull(page, "page");
      return this;
    }

    /**
     * Starts to listen.
     *
     * @throws IOException when the address is taken or not of this machine
     */
    public HealthServer start() throws IOException {
      return new HealthServer(inboard, metrics, address);
    }
  }
}
