package dev.inboard.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inboard.common.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/** Makes connections and pools of them. */
final class Connections {
  /** How much longer the network may take than the server, which gives up by itself. */
  private static final Duration NETWORK = Duration.ofSeconds(5);

  /** After this time a connection is replaced, as in a sidecar. */
  private static final Duration LIFETIME = Duration.ofHours(1);

  /**
   * How long the server lets a transaction wait for a client that stands still, and whose locks
   * keep others from taking over its work.
   */
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  /** Settings of libpq that the JDBC driver knows, under their names there. */
  private static final Map<String, String> KNOWN =
      Map.of(
          "user", "user",
          "sslmode", "sslmode",
          "sslrootcert", "sslrootcert",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "sslpassword", "sslpassword",
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName",
          "options", "options",
          "gssencmode", "gssEncMode");

  private static final Set<String> PLACE =
      Set.of("host", "port", "dbname", "target_session_attrs", "channel_binding");

  private final PostgresSettings settings;

  Connections(PostgresSettings settings) {
    this.settings = settings;
  }

  /** Opens a connection outside any pool, whose answers may take any time. */
  Connection openPatient() throws SQLException {
    Connection connection = new Driver().connect(url(), properties(true));
    if (connection == null) {
      throw new SQLException("the JDBC driver does not take its own URL");
    }
    return connection;
  }

  /** Makes a pool that opens its connections when there is use for them. */
  HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setDriverClassName(Driver.class.getName());
    config.setJdbcUrl(url());
    config.setDataSourceProperties(properties(false));
    config.setMaximumPoolSize(settings.maxConns());
    config.setMinimumIdle(Math.min(1, settings.maxConns()));
    config.setConnectionTimeout(settings.timeout().toMillis());
    config.setValidationTimeout(Math.min(5_000, settings.timeout().toMillis()));
    config.setIdleTimeout(
        Math.min(Math.max(10_000, settings.idleTime().toMillis()), LIFETIME.toMillis() / 2));
    config.setMaxLifetime(LIFETIME.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setPoolName(name());
    config.setThreadFactory(
        run -> {
          Thread thread = new Thread(run, name() + "-pool");
          thread.setDaemon(true);
          return thread;
        });
    return new HikariDataSource(config);
  }

  /** Names the database, for threads and logs. */
  String name() {
    Map<String, String> connection = settings.connection();
    return "inboard-postgresql-"
        + connection.getOrDefault("dbname", connection.getOrDefault("user", "postgres"));
  }

  private String url() {
    Map<String, String> connection = settings.connection();
    String[] hosts = connection.getOrDefault("host", "localhost").split(",");
    String[] ports = connection.getOrDefault("port", "5432").split(",");
    String addresses =
        java.util.stream.IntStream.range(0, hosts.length)
            .mapToObj(i -> bracketed(hosts[i]) + ":" + ports[Math.min(i, ports.length - 1)])
            .collect(Collectors.joining(","));
    String user = connection.getOrDefault("user", "");
    String database = connection.getOrDefault("dbname", user);
    return "jdbc:postgresql://"
        + addresses
        + "/"
        + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20");
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private Properties properties(boolean patient) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "inboard");
    properties.setProperty("connectTimeout", seconds(Duration.ofSeconds(10)));
    properties.setProperty(
        "socketTimeout", patient ? "0" : seconds(settings.timeout().plus(NETWORK)));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("logServerErrorDetail", "false"); // details may hold stored values
    settings
        .connection()
        .forEach(
            (name, value) -> {
              String known = KNOWN.get(name);
              if (known != null) {
                properties.setProperty(known, value);
              }
            });
    Secret password = settings.password();
    if (password != null) {
      properties.setProperty("password", password.reveal());
    }
    putTls(properties);
    putTarget(properties);
    putExecMode(properties);
    putOptions(properties, patient);
    return properties;
  }

  /** A client of libpq verifies the server's certificate as soon as it is told whom to trust. */
  private void putTls(Properties properties) {
    boolean trusts = settings.connection().containsKey("sslrootcert");
    if (trusts && "require".equals(properties.getProperty("sslmode"))) {
      properties.setProperty("sslmode", "verify-ca");
    }
  }

  private void putTarget(Properties properties) {
    String target = settings.connection().get("target_session_attrs");
    if (target != null) {
      // A standby that was promoted is seen soon.
      properties.setProperty("hostRecheckSeconds", "1");
      properties.setProperty(
          "targetServerType",
          switch (target) {
            case "read-write", "primary" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default -> "any";
          });
    }
  }

  private void putExecMode(Properties properties) {
    PostgresSettings.QueryExecMode mode = settings.execMode();
    if (mode.isPoolerSafe()) {
      properties.setProperty("prepareThreshold", "0");
    }
    if (mode == PostgresSettings.QueryExecMode.SIMPLE_PROTOCOL) {
      properties.setProperty("preferQueryMode", "simple");
    }
  }

  private void putOptions(Properties properties, boolean patient) {
    StringBuilder options = new StringBuilder(properties.getProperty("options", ""));
    // A pooler refuses to hand on what it does not know.
    if (!patient && !settings.execMode().isPoolerSafe()) {
      options.append(" -c statement_timeout=").append(settings.timeout().toMillis());
      options.append(" -c idle_in_transaction_session_timeout=").append(STANDSTILL.toMillis());
    }
    settings
        .connection()
        .forEach(
            (name, value) -> {
              if (!KNOWN.containsKey(name) && !PLACE.contains(name)) {
                options.append(" -c ").append(name).append('=');
                options.append(value.replace("\\", "\\\\").replace(" ", "\\ "));
              }
            });
    String text = options.toString().strip();
    if (!text.isEmpty()) {
      properties.setProperty("options", text);
    }
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.toSeconds()));
  }

  /** Returns the hosts, for messages. */
  String hosts() {
    return String.join(
        ", ", Arrays.asList(settings.connection().getOrDefault("host", "localhost").split(",")));
  }
}
