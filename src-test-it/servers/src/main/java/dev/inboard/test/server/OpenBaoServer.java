package dev.inboard.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An OpenBao server, which speaks the API of HashiCorp Vault.
 *
 * <p>It listens in plain text on {@link #port} and with TLS on {@link #tlsPort}, where its
 * certificate, its own authority, is for {@value #TLS_NAME} and nothing else.
 */
public final class OpenBaoServer extends Server {
  /** The only name in the certificate. */
  public static final String TLS_NAME = "vault.example";

  private static final Duration READY = Duration.ofSeconds(60);
  private static final String DEV_TOKEN = "root-token-of-the-tests";
  private static final Pattern KEY = Pattern.compile("\"keys\":\\[\"(\\w+)\"]");
  private static final Pattern TOKEN = Pattern.compile("\"root_token\":\"([^\"]+)\"");
  private static final OpenBaoServer SHARED = sharedByAll(dev());

  private final int port = FreePorts.take();
  private final int tlsPort = FreePorts.take();
  private final boolean dev;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private @Nullable Path certificate; // guarded by this, as the rest
  private String unsealKey = "";
  private String rootToken = DEV_TOKEN;

  private OpenBaoServer(boolean dev) {
    super(dev ? "openbao" : "openbao-persistent");
    this.dev = dev;
  }

  /** Returns a server in memory, unsealed, with a KV engine of version 2 at {@code secret}. */
  public static OpenBaoServer dev() {
    return new OpenBaoServer(true);
  }

  /**
   * Returns a server that keeps its data in files. It is sealed after every start, see {@link
   * #unseal}.
   */
  public static OpenBaoServer persistent() {
    return new OpenBaoServer(false);
  }

  /** Returns the one server in memory that the test classes of this JVM share. */
  public static OpenBaoServer shared() {
    return SHARED;
  }

  @Override
  public int port() {
    return port;
  }

  /** Returns the port that speaks TLS. */
  public int tlsPort() {
    return tlsPort;
  }

  /** Returns the address for plain text. */
  public String uri() {
    return "http://" + address();
  }

  /** Returns the file with the certificate, in PEM, once the server has been started. */
  public synchronized Path certificate() {
    if (certificate == null) {
      throw new IllegalStateException("the server has not been started");
    }
    return certificate;
  }

  /** Returns the token that may do everything. */
  public synchronized String rootToken() {
    return rootToken;
  }

  /** Unseals the server; the first time it initializes it and mounts the KV engine. */
  public synchronized void unseal() {
    boolean first = unsealKey.isEmpty();
    if (first) {
      String keys = api("PUT", "sys/init", "{\"secret_shares\":1,\"secret_threshold\":1}");
      unsealKey = find(KEY, keys);
      rootToken = find(TOKEN, keys);
    }
    api("PUT", "sys/unseal", "{\"key\":\"" + unsealKey + "\"}");
    if (first) {
      mountKv("secret", 2);
    }
  }

  /** Mounts a KV engine and waits until it serves. */
  public void mountKv(String path, int version) {
    mountKv("", path, version);
  }

  /** Mounts a KV engine in a namespace and waits until it serves. */
  public void mountKv(String namespace, String path, int version) {
    String prefix = namespace.isEmpty() ? "" : namespace + "/";
    String kind = "{\"type\":\"kv\",\"options\":{\"version\":\"" + version + "\"}}";
    api("POST", prefix + "sys/mounts/" + path, kind);
    long deadline = System.nanoTime() + READY.toNanos();
    while (version == 2 && !answers(prefix + path + "/config")) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("the engine at " + path + " does not serve");
      }
      Pause.ofMillis(20);
    }
  }

  /** A new engine of version 2 refuses everything for a moment. */
  private boolean answers(String path) {
    try {
      api("GET", path, "");
      return true;
    } catch (IllegalStateException notYet) {
      return false;
    }
  }

  /** Seals the server: it runs and answers, and serves nothing. */
  public void seal() {
    api("PUT", "sys/seal", "");
  }

  private static String find(Pattern pattern, String json) {
    Matcher matcher = pattern.matcher(json);
    if (!matcher.find()) {
      throw new IllegalStateException("the answer to init has no " + pattern);
    }
    return matcher.group(1);
  }

  /**
   * Sends a request as root.
   *
   * @param path what follows {@code /v1/}
   * @param json the body; empty: none
   * @return the answer's body
   * @throws IllegalStateException when the server answers with an error
   */
  public String api(String method, String path, String json) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri() + "/v1/" + path))
            .header("X-Vault-Token", rootToken())
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 400) {
        throw new IllegalStateException(
            method + " " + path + ": " + response.statusCode() + " " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  ServerProcess install(Path folder) {
    List<String> lines = new ArrayList<>();
    synchronized (this) {
      unsealKey = "";
      rootToken = DEV_TOKEN;
      certificate = SelfSigned.create(folder, TLS_NAME);
    }
    lines.add("listener \"tcp\" {");
    lines.add("  address = \"127.0.0.1:" + tlsPort + "\"");
    lines.add("  cluster_address = \"127.0.0.1:" + FreePorts.take() + "\"");
    lines.add("  tls_cert_file = \"" + folder.resolve("certificate.pem") + "\"");
    lines.add("  tls_key_file = \"" + folder.resolve("key.pem") + "\"");
    lines.add("}");
    if (!dev) {
      lines.add("listener \"tcp\" {");
      lines.add("  address = \"127.0.0.1:" + port + "\"");
      lines.add("  cluster_address = \"127.0.0.1:" + FreePorts.take() + "\"");
      lines.add("  tls_disable = true");
      lines.add("}");
      lines.add("storage \"file\" { path = \"" + folder.resolve("data") + "\" }");
      lines.add("api_addr = \"" + uri() + "\"");
    }
    Path file = Folders.write(folder.resolve("bao.hcl"), lines);
    Optional<Path> program = program();
    List<String> command = new ArrayList<>();
    command.add(program.map(Path::toString).orElse("bao"));
    command.add("server");
    command.add("-config=" + file);
    if (dev) {
      command.add("-dev");
      command.add("-dev-no-store-token");
      command.add("-dev-root-token-id=" + DEV_TOKEN);
      command.add("-dev-listen-address=127.0.0.1:" + port);
    }
    Launch launch =
        Launch.of("bao", folder, command).withEnvironment(Map.of("HOME", folder.toString()));
    return program.isPresent()
        ? new NativeProcess(launch)
        : ContainerProcess.createOr(
            "run dev/servers/openbao", launch, "openbao/openbao:2.4.0", "root");
  }

  /** On the PATH, or where {@code dev/servers/openbao} puts it. */
  private static Optional<Path> program() {
    Path built = Installed.cached("openbao-2.4.0").resolve("bao");
    return Installed.onPath("bao").or(() -> Optional.of(built).filter(Files::isExecutable));
  }

  @Override
  String readyLine() {
    return "OpenBao server started!";
  }
}
