package dev.inboard.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A RabbitMQ node. User and password are {@code guest}.
 *
 * <p>It is of the version that the machine has installed, or of version 4 everywhere with {@code
 * -Dinboard.rabbitmq=4}.
 */
public final class RabbitMqServer extends Server {
  private static final Path INSTALLED = Path.of("/usr/lib/rabbitmq/bin");
  private static final boolean ALWAYS_VERSION_4 =
      "4".equals(System.getProperty("inboard.rabbitmq"));

  private static final RabbitMqServer SHARED = sharedByAll(create());

  private final int port = FreePorts.take();
  private final int distributionPort = FreePorts.take();
  private final AtomicInteger virtualHosts = new AtomicInteger();
  private final List<String> settings;
  private final List<String> plugins;
  private final boolean version4;
  private String programs = "";

  private RabbitMqServer(List<String> settings, List<String> plugins, boolean version4) {
    super("rabbitmq");
    this.settings = settings;
    this.plugins = plugins;
    this.version4 = version4;
  }

  /**
   * Returns a broker of its own. A start takes five seconds and more: share one where that serves.
   *
   * @param settings lines of {@code rabbitmq.conf}, such as {@code channel_max = 64}; they win over
   *     the defaults
   */
  public static RabbitMqServer create(String... settings) {
    return new RabbitMqServer(List.of(settings), List.of(), ALWAYS_VERSION_4);
  }

  /** Returns the same of version 4, which {@code dev/servers/rabbitmq4} unpacks. */
  public static RabbitMqServer version4(String... settings) {
    return new RabbitMqServer(List.of(settings), List.of(), true);
  }

  /** Returns the same broker with plugins, such as {@code rabbitmq_auth_mechanism_ssl}. */
  public RabbitMqServer withPlugins(String... names) {
    return new RabbitMqServer(settings, List.of(names), version4);
  }

  /**
   * Returns the one broker that the test classes of this JVM share; each takes a virtual host or
   * names of its own.
   */
  public static RabbitMqServer shared() {
    return SHARED;
  }

  @Override
  public int port() {
    return port;
  }

  /** Returns the address with user and password, of the default virtual host. */
  public String uri() {
    return uri(port);
  }

  /** Returns the same when a proxy listens on {@code proxyPort}. */
  public String uri(int proxyPort) {
    return "amqp://guest:guest@%s:%d/%%2f".formatted(host(), proxyPort);
  }

  /** Returns the name of the Erlang node. */
  public String nodeName() {
    return "node" + port + "@localhost";
  }

  /**
   * Runs {@code rabbitmqctl} on this node, for example {@code ctl("close_all_connections",
   * "test")}.
   *
   * @return what it printed
   * @throws IllegalStateException when it fails
   */
  public String ctl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(programs + "rabbitmqctl", "-q", "-n", nodeName()));
    command.addAll(List.of(arguments));
    return running().run(command.toArray(String[]::new));
  }

  /** Creates an empty virtual host that {@code guest} may use, and returns its name. */
  public String createVirtualHost() {
    String name = "test-" + virtualHosts.incrementAndGet();
    ctl("add_vhost", name);
    ctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
    return name;
  }

  /**
   * Has the node write to its disk the queues, exchanges and bindings that exist. By itself it does
   * so some seconds after a declaration; a node that is killed before comes back without the queue,
   * and without its confirmed messages.
   */
  public void flushTopology() {
    ctl("eval", "catch mnesia:sync_log(), [dets:sync(Table) || Table <- dets:all()].");
  }

  @Override
  ServerProcess install(Path folder) {
    writeFiles(folder);
    Path found = version4 ? Installed.cached("rabbitmq-4-trixie").resolve("bin") : INSTALLED;
    boolean installed = Files.isExecutable(found.resolve("rabbitmq-server"));
    programs = installed ? found + "/" : "";
    Launch launch =
        Launch.of("rabbitmq-server", folder, List.of(programs + "rabbitmq-server"))
            .withEnvironment(environment(folder));
    if (!installed) {
      String cure = version4 ? "run dev/servers/rabbitmq4" : "apt-get install rabbitmq-server";
      return ContainerProcess.createOr(cure, launch, "rabbitmq:4.0", "root");
    }
    Epmd.start();
    return new NativeProcess(launch);
  }

  private void writeFiles(Path folder) {
    List<String> lines = new ArrayList<>();
    lines.add("listeners.tcp.default = 127.0.0.1:" + port);
    lines.add("loopback_users = none");
    lines.add("log.console = true");
    lines.add("log.console.level = info");
    lines.add("log.file = false");
    lines.add("vm_memory_high_watermark.absolute = 1GB");
    lines.add("disk_free_limit.absolute = 50MB");
    lines.addAll(settings);
    Folders.write(folder.resolve("rabbitmq.conf"), lines);
    Folders.write(
        folder.resolve("enabled_plugins"), List.of("[" + String.join(",", plugins) + "]."));
    Path cookie = Folders.write(folder.resolve(".erlang.cookie"), List.of("INBOARDTESTS"));
    try {
      Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Also says where everything lies, so that nothing of the machine's own broker is read or
   * written.
   */
  private Map<String, String> environment(Path folder) {
    return Map.ofEntries(
        Map.entry("HOME", folder.toString()),
        Map.entry("RABBITMQ_NODENAME", nodeName()),
        Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distributionPort)),
        Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
        Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
        Map.entry("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString()),
        Map.entry("RABBITMQ_CONFIG_FILES", folder.resolve("none").toString()),
        Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("enabled_plugins").toString()),
        Map.entry("RABBITMQ_CONF_ENV_FILE", folder.resolve("none.conf").toString()),
        Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()),
        Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none"),
        Map.entry("ERL_EPMD_PORT", Integer.toString(Epmd.PORT)),
        Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
        // Makes the script become the broker, so that a signal reaches the broker itself.
        Map.entry("RUNNING_UNDER_SYSTEMD", "true"));
  }

  @Override
  String readyLine() {
    return "Server startup complete";
  }
}
