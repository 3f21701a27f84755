package dev.inboard.test.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * PgBouncer in front of a PostgreSQL server, pooling by transaction: consecutive transactions of a
 * client run on whichever server connection is free.
 */
public final class PgBouncer extends Server {
  private final PostgresServer server;
  private final int connections;
  private final int port = FreePorts.take();

  private PgBouncer(PostgresServer server, int connections) {
    super("pgbouncer");
    this.server = server;
    this.connections = connections;
  }

  /**
   * Returns a pooler of its own.
   *
   * @param connections how many connections it has to each database of the server
   */
  public static PgBouncer create(PostgresServer server, int connections) {
    return new PgBouncer(server, connections);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  ServerProcess install(Path folder) {
    Path program =
        Installed.onPath("pgbouncer")
            .or(() -> Installed.onPath("/usr/sbin/pgbouncer"))
            .orElseThrow(
                () -> new MissingServerException("pgbouncer", "apt-get install pgbouncer"));
    Folders.write(
        folder.resolve("pgbouncer.ini"),
        List.of(
            "[databases]",
            "* = host=127.0.0.1 port=" + server.port() + " user=" + PostgresServer.USER,
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            "listen_port = " + port,
            "unix_socket_dir =",
            "auth_type = any",
            "pool_mode = transaction",
            "default_pool_size = " + connections,
            "ignore_startup_parameters = extra_float_digits"));
    List<String> command = new ArrayList<>();
    if (Installed.asRoot()) {
      Folders.giveTo(PostgresServer.USER, folder);
      String user = PostgresServer.USER;
      command.addAll(
          List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--"));
    }
    command.addAll(List.of(program.toString(), folder.resolve("pgbouncer.ini").toString()));
    return new NativeProcess(Launch.of("pgbouncer", folder, command).withStopSignal("INT"));
  }

  @Override
  String readyLine() {
    return "process up";
  }
}
