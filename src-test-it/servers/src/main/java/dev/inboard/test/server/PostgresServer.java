package dev.inboard.test.server;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server with full durability. The user is {@value #USER}, and the loopback address
 * needs no password.
 *
 * <p>{@link #createDatabase} needs PostgreSQL's JDBC driver on the class path of the test.
 */
public final class PostgresServer extends Server {
  /** The user who may do everything. */
  public static final String USER = "postgres";

  private static final PostgresServer SHARED = sharedByAll(create());

  private final int port = FreePorts.take();
  private final AtomicInteger databases = new AtomicInteger();
  private final List<String> settings;

  private final boolean strict;
  private final Optional<PostgresServer> primary; // whom a standby follows
  private Optional<Path> certificate = Optional.empty();

  private PostgresServer(List<String> settings, boolean strict, Optional<PostgresServer> primary) {
    super("postgresql");
    this.settings = settings;
    this.strict = strict;
    this.primary = primary;
  }

  /**
   * Returns a server of its own.
   *
   * @param settings lines of {@code postgresql.conf}, such as {@code max_connections = 20}; they
   *     win over the defaults
   */
  public static PostgresServer create(String... settings) {
    return new PostgresServer(List.of(settings), false, Optional.empty());
  }

  /**
   * Returns a server of its own that speaks TLS. Every user but {@value #USER} needs TLS and a
   * password there.
   */
  public static PostgresServer createStrict() {
    return new PostgresServer(List.of(), true, Optional.empty());
  }

  /**
   * Returns a standby that streams from a server, which must run when the standby first starts. It
   * serves reads until {@link #promote}.
   */
  public static PostgresServer standbyOf(PostgresServer primary) {
    return new PostgresServer(List.of(), false, Optional.of(primary));
  }

  /** Has every commit from now on wait for a standby, and returns when there is one. */
  public void requireStandby() {
    execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
    execute("SELECT pg_reload_conf()");
    execute(
        "SET statement_timeout = '60s'; DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM"
            + " pg_stat_replication WHERE sync_state = 'sync') LOOP PERFORM pg_sleep(0.02); END"
            + " LOOP; END $$");
  }

  /** Makes a primary of a standby, and returns when it is one. */
  public void promote() {
    execute("SELECT pg_promote()");
  }

  /**
   * Returns the certificate of a {@linkplain #createStrict strict} server, which is its own
   * authority and whose name is {@code localhost}. Written at its first start.
   */
  public Path certificate() {
    return certificate.orElseThrow();
  }

  /**
   * Returns the one server that the test classes of this JVM share; each takes a database of its
   * own.
   */
  public static PostgresServer shared() {
    return SHARED;
  }

  @Override
  public int port() {
    return port;
  }

  /** Returns the JDBC URL of a database, with the user in it. */
  public String jdbcUrl(String database) {
    return jdbcUrl(database, port);
  }

  /** Returns the JDBC URL of a database when a proxy listens on {@code proxyPort}. */
  public String jdbcUrl(String database, int proxyPort) {
    return "jdbc:postgresql://%s:%d/%s?user=%s".formatted(host(), proxyPort, database, USER);
  }

  /** Creates an empty database and returns its name. */
  public String createDatabase() {
    String database = "test_" + databases.incrementAndGet();
    execute("CREATE DATABASE " + database);
    return database;
  }

  /** Runs one SQL statement as the superuser, in the database {@code postgres}. */
  public void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /**
   * Has the disk be full for the large values of a table that has none yet. Ends the connections of
   * clients that call themselves {@code inboard}.
   */
  public PostgresDisk fillDisk(String database, String table) {
    return new PostgresDisk(jdbcUrl(database), table);
  }

  @Override
  ServerProcess install(Path folder) {
    List<String> lines = new ArrayList<>();
    lines.add("listen_addresses = '127.0.0.1'");
    lines.add("port = " + port);
    lines.add("unix_socket_directories = ''");
    lines.addAll(settings);
    if (strict) {
      lines.addAll(strictSettings(folder));
    }
    Folders.write(folder.resolve("postgresql.conf"), lines);
    Optional<Path> program =
        Installed.newest(Path.of("/usr/lib/postgresql"), "bin/postgres")
            .or(() -> Installed.onPath("postgres"));
    if (program.isEmpty()) {
      Launch launch = launch(folder, "", "/var/lib/postgresql/inboard", List.of());
      return ContainerProcess.create(launch, "postgres:17", USER, "postgresql");
    }
    List<String> asUser = List.of();
    if (Installed.asRoot()) {
      Folders.giveTo(USER, folder);
      asUser = List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--");
    }
    String programs = program.get().getParent() + "/";
    return new NativeProcess(launch(folder, programs, folder.resolve("data").toString(), asUser));
  }

  private List<String> strictSettings(Path folder) {
    Path written = SelfSigned.create(folder, "localhost");
    certificate = Optional.of(written);
    Path key = written.resolveSibling("key.pem");
    if (!key.toFile().setReadable(false, false) || !key.toFile().setReadable(true, true)) {
      throw new IllegalStateException("cannot keep " + key + " from others");
    }
    Path rules =
        Folders.write(
            folder.resolve("pg_hba.conf"),
            List.of(
                "host all " + USER + " 127.0.0.1/32 trust",
                "hostssl all all 127.0.0.1/32 scram-sha-256"));
    return List.of(
        "ssl = on",
        "ssl_cert_file = '" + written + "'",
        "ssl_key_file = '" + key + "'",
        "hba_file = '" + rules + "'");
  }

  /** Makes the data folder at the first start. */
  private Launch launch(Path folder, String programs, String data, List<String> asUser) {
    String making =
        primary
            .map(
                other ->
                    "pg_basebackup -D \"$2\" -h 127.0.0.1 -p "
                        + other.port()
                        + " -U postgres -X stream -c fast -R")
            .orElse(
                "initdb -D \"$2\" -U postgres -A trust -N -E UTF8 --locale=C --no-instructions");
    String script =
        """
        [ -s "$2/PG_VERSION" ] || "$1"%s || exit
        exec "$1"postgres -D "$2" --config-file="$3"
        """
            .formatted(making);
    List<String> command = new ArrayList<>(asUser);
    command.addAll(List.of("sh", "-c", script, "sh", programs, data));
    command.add(folder.resolve("postgresql.conf").toString());
    return Launch.of("postgres", folder, command).withStopSignal("INT");
  }

  @Override
  String readyLine() {
    return "database system is ready to accept"; // a standby: read-only connections
  }
}
