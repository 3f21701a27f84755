package dev.inboard.test.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Redis server that writes an append-only file: what it has answered survives its crash.
 *
 * <p>Its commands can be sent without a client library, see {@link #command}.
 */
public final class RedisServer extends Server {
  private static final RedisServer SHARED = sharedByAll(create());

  private final int port = FreePorts.take();
  private final List<String> settings;
  private final int busPort = FreePorts.take();
  private final Role role;

  private enum Role {
    ALONE,
    WITH_JSON,
    CLUSTER_NODE,
    SENTINEL
  }

  private RedisServer(String name, List<String> settings, Role role) {
    super(name);
    this.settings = settings;
    this.role = role;
  }

  /**
   * Returns a server of its own.
   *
   * @param settings lines of {@code redis.conf}, such as {@code requirepass secret}; they win over
   *     the defaults
   */
  public static RedisServer create(String... settings) {
    return new RedisServer("redis", List.of(settings), Role.ALONE);
  }

  /** Returns a server of its own that has the JSON module, as Redis Stack and Redis 8 have it. */
  public static RedisServer withJson() {
    return new RedisServer("redis-json", List.of(), Role.WITH_JSON);
  }

  /**
   * Returns the one server that the test classes of this JVM share; each must use keys of its own.
   */
  public static RedisServer shared() {
    return SHARED;
  }

  static RedisServer sentinel(List<String> settings) {
    return new RedisServer("redis-sentinel", settings, Role.SENTINEL);
  }

  static RedisServer clusterNode(List<String> settings) {
    return new RedisServer("redis-node", settings, Role.CLUSTER_NODE);
  }

  /** Returns the port on which the nodes of a cluster talk to each other. */
  int busPort() {
    return busPort;
  }

  @Override
  public int port() {
    return port;
  }

  /** Returns the address as a URI that Redis clients read. */
  public String uri() {
    return "redis://" + address();
  }

  /**
   * Sends commands over one connection, each written as one would type it.
   *
   * @return the answer to the last command; of an array its elements, one a line
   * @throws IllegalStateException when Redis answers with an error
   */
  public String command(String... commands) {
    try (RedisConnection connection = new RedisConnection(port)) {
      String answer = "";
      for (String command : commands) {
        answer = connection.send(command);
      }
      return answer;
    }
  }

  @Override
  ServerProcess install(Path folder) {
    List<String> lines =
        new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir " + folder));
    if (role != Role.SENTINEL) {
      lines.addAll(List.of("save \"\"", "appendonly yes", "appendfsync everysec"));
    }
    if (role == Role.CLUSTER_NODE) {
      lines.addAll(
          List.of("cluster-enabled yes", "cluster-port " + busPort, "cluster-node-timeout 3000"));
    }
    lines.addAll(settings);
    Optional<Path> program = Installed.onPath("redis-server");
    if (role == Role.WITH_JSON) {
      return installWithJson(folder, lines, program);
    }
    Path file = Folders.write(folder.resolve("redis.conf"), lines);
    List<String> command = new ArrayList<>();
    command.add(program.map(Path::toString).orElse("redis-server"));
    command.add(file.toString());
    if (role == Role.SENTINEL) {
      command.add("--sentinel");
    }
    Launch launch = Launch.of("redis-server", folder, command);
    return program.isPresent()
        ? new NativeProcess(launch)
        : ContainerProcess.create(launch, "redis:7.4", "root", "redis-server");
  }

  /** With the module that {@code dev/servers/redisjson} unpacks. */
  private static ServerProcess installWithJson(
      Path folder, List<String> lines, Optional<Path> program) {
    Path module = Installed.cached("redisjson-2.8").resolve("rejson.so");
    boolean installed = program.isPresent() && Files.isExecutable(module);
    String stack = "/opt/redis-stack"; // where the image has it
    lines.add("loadmodule " + (installed ? module : stack + "/lib/rejson.so"));
    Path file = Folders.write(folder.resolve("redis.conf"), lines);
    String redis =
        program.filter(path -> installed).map(Path::toString).orElse(stack + "/bin/redis-server");
    Launch launch = Launch.of("redis-server", folder, List.of(redis, file.toString()));
    return installed
        ? new NativeProcess(launch)
        : ContainerProcess.createOr(
            "apt-get install redis-server, and run dev/servers/redisjson",
            launch,
            "redis/redis-stack-server:7.4.0-v1",
            "root");
  }

  @Override
  String readyLine() {
    return role == Role.SENTINEL ? "Sentinel ID is" : "Ready to accept connections";
  }
}
