package dev.inboard.postgresql;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durations;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a component reaches its database. Components with equal settings share one {@link
 * PostgresDatabase}.
 *
 * @param connection settings of a connection under libpq's names, without the password
 * @param maxConns the most connections at once
 * @param idleTime after which a connection without use is closed
 * @param timeout the longest wait for a connection, and for an answer
 */
record PostgresSettings(
    Map<String, String> connection,
    @Nullable Secret password,
    int maxConns,
    Duration idleTime,
    Duration timeout,
    QueryExecMode execMode) {

  /** How statements are sent. The words are those of a sidecar's driver. */
  enum QueryExecMode {
    /** Prepared on the server when used often. */
    CACHE_STATEMENT,
    /** As {@link #EXEC}. */
    CACHE_DESCRIBE,
    /** As {@link #EXEC}. */
    DESCRIBE_EXEC,
    /** Nothing stays prepared on a connection, as a connection pooler between needs it. */
    EXEC,
    /** Nothing is ever prepared; one message per statement. */
    SIMPLE_PROTOCOL;

    /** Says whether consecutive transactions may run on different server connections. */
    boolean isPoolerSafe() {
      return this != CACHE_STATEMENT;
    }
  }

  /** Settings of the pool of a sidecar's driver that may stand in a connection string. */
  private static final Set<String> POOL_SETTINGS =
      Set.of(
          "pool_max_conns",
          "pool_min_conns",
          "pool_min_idle_conns",
          "pool_max_conn_lifetime",
          "pool_max_conn_lifetime_jitter",
          "pool_max_conn_idle_time",
          "pool_health_check_period",
          "default_query_exec_mode",
          "statement_cache_capacity",
          "description_cache_capacity");

  static final Option<@Nullable ConnectionString> CONNECTION_STRING =
      Option.of("connectionString", Option.Kind.SECRET, ConnectionString::parse)
          .alias("url")
          .about(
              "Where the database is: `postgres://user:password@host:5432/database?sslmode=require`"
                  + " or `host=... dbname=...`");
  private static final Option<@Nullable String> HOST =
      Option.text("host").about("Host; several, separated by commas, are tried in turn");
  private static final Option<@Nullable String> HOSTADDR =
      Option.text("hostaddr").about("Address of the host, in place of its name");
  private static final Option<@Nullable String> PORT = Option.text("port").about("Port; 5432");
  private static final Option<@Nullable String> DATABASE =
      Option.text("database").about("Name of the database; that of the user");
  private static final Option<@Nullable String> USER = Option.text("user").about("User");
  private static final Option<@Nullable Secret> PASSWORD =
      Option.secret("password").about("Password of the user");
  private static final Option<@Nullable String> SSL_ROOT_CERT =
      Option.text("sslRootCert").about("File with the authorities to trust");
  private static final Option<Duration> TIMEOUT =
      Option.of("timeout", Option.Kind.DURATION, PostgresSettings::timeout)
          .or(Duration.ofSeconds(20))
          .alias("timeoutInSeconds")
          .about("Longest wait for a connection, and for an answer; at least 1s");
  private static final Option<Integer> MAX_CONNS =
      Option.integer("maxConns", -1, 10_000)
          .or(0)
          .about("Most connections at once; up to 1: 4, or the number of processors if greater");
  private static final Option<Duration> IDLE_TIME =
      Option.duration("connectionMaxIdleTime")
          .or(Duration.ofMinutes(30))
          .about("After this time without use a connection is closed");
  private static final Option<QueryExecMode> EXEC_MODE =
      Option.choice("queryExecMode", QueryExecMode.class)
          .or(QueryExecMode.CACHE_STATEMENT)
          .about(
              "`cache_statement`; behind PgBouncer `exec` or `simple_protocol`; `cache_describe` and"
                  + " `describe_exec` are read as `exec`");

  static final List<Option<?>> OPTIONS =
      List.of(
          CONNECTION_STRING,
          HOST,
          HOSTADDR,
          PORT,
          DATABASE,
          USER,
          PASSWORD,
          SSL_ROOT_CERT,
          TIMEOUT,
          MAX_CONNS,
          IDLE_TIME,
          EXEC_MODE);

  /** Returns what is wrong with the fields together. */
  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    if (!spec.has(CONNECTION_STRING) && !spec.has(HOST) && !spec.has(HOSTADDR)) {
      problems.add("neither 'connectionString' nor 'host' is given; say where the database is");
      return problems;
    }
    PostgresSettings settings = of(spec);
    if (!settings.connection.containsKey("host")) {
      problems.add("no host is named; add it to 'connectionString' or as 'host'");
    }
    for (String port : settings.connection.getOrDefault("port", "5432").split(",")) {
      if (!port.matches("[0-9]{1,5}")) {
        problems.add("'" + port + "' is no port");
      }
    }
    String mode = settings.connection.getOrDefault("sslmode", "prefer");
    if (!Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
        .contains(mode)) {
      problems.add(
          "sslmode '"
              + mode
              + "' is none of disable, allow, prefer, require, verify-ca, verify-full");
    }
    return problems;
  }

  /** Reads the settings of a component; single fields win over the connection string. */
  static PostgresSettings of(ComponentSpec spec) {
    ConnectionString string = spec.get(CONNECTION_STRING);
    Map<String, String> connection =
        new LinkedHashMap<>(string == null ? Map.of() : string.settings());
    put(connection, "host", spec.get(HOST));
    put(connection, "hostaddr", spec.get(HOSTADDR));
    put(connection, "port", spec.get(PORT));
    put(connection, "dbname", spec.get(DATABASE));
    put(connection, "user", spec.get(USER));
    put(connection, "sslrootcert", spec.get(SSL_ROOT_CERT));
    String address = connection.remove("hostaddr");
    if (address != null && !address.isEmpty()) {
      connection.put("host", address);
    }
    String written = connection.remove("password");
    Secret password = spec.get(PASSWORD);
    int most = spec.get(MAX_CONNS);
    if (most <= 1) {
      most = number(connection.get("pool_max_conns"));
    }
    QueryExecMode mode = spec.get(EXEC_MODE);
    String otherMode = connection.get("default_query_exec_mode");
    if (otherMode != null && !spec.has(EXEC_MODE)) {
      mode =
          otherMode.equals("simple_protocol")
              ? QueryExecMode.SIMPLE_PROTOCOL
              : otherMode.equals("cache_statement")
                  ? QueryExecMode.CACHE_STATEMENT
                  : QueryExecMode.EXEC;
    }
    connection.keySet().removeAll(POOL_SETTINGS);
    return new PostgresSettings(
        connection,
        password != null || written == null ? password : Secret.of(written),
        most > 1 ? most : Math.max(4, Runtime.getRuntime().availableProcessors()),
        spec.get(IDLE_TIME),
        spec.get(TIMEOUT),
        mode);
  }

  private static void put(Map<String, String> connection, String name, @Nullable String value) {
    if (value != null) {
      connection.put(name, value);
    }
  }

  private static int number(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
  }

  private static Duration timeout(String text) {
    Duration timeout = Durations.parse(text, Duration.ofSeconds(1));
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("is less than 1s");
    }
    return timeout;
  }
}
