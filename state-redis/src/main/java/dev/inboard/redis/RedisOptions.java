package dev.inboard.redis;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Redis: the metadata fields that all Redis components share, as Dapr names them.
 *
 * @param nodes at least one; several for a cluster or for Sentinels
 * @param cluster whether the nodes form a Redis Cluster
 * @param sentinelMaster the name of the master that the nodes, which are Sentinels, watch; or null
 */
record RedisOptions(
    List<Node> nodes,
    boolean cluster,
    @Nullable String sentinelMaster,
    int database,
    @Nullable String username,
    @Nullable Secret password,
    @Nullable String sentinelUsername,
    @Nullable Secret sentinelPassword,
    Tls tls,
    Duration dialTimeout,
    Duration readTimeout,
    String clientName) {

  /** A server's address. */
  record Node(String host, int port) {}

  /** Transport security; the texts are PEM. */
  record Tls(
      boolean enabled,
      boolean verified,
      @Nullable String certificate,
      @Nullable Secret key,
      @Nullable String authority) {}

  private enum Type {
    NODE,
    CLUSTER
  }

  private static final Option<String> HOST =
      Option.text("redisHost")
          .about(
              "Address as host[:port]; several, separated by commas, for a cluster or for Sentinels")
          .required();
  private static final Option<Integer> PORT =
      Option.integer("redisPort", 1, 65_535).about("Port of hosts that name none").or(6379);
  private static final Option<@Nullable String> USERNAME =
      Option.text("redisUsername").about("ACL user");
  private static final Option<@Nullable Secret> PASSWORD =
      Option.secret("redisPassword").about("Password of the user, or of the server");
  private static final Option<Type> TYPE =
      Option.choice("redisType", Type.class)
          .about("node, or cluster for a Redis Cluster")
          .or(Type.NODE);
  private static final Option<Integer> DATABASE =
      Option.integer("redisDB", 0, 1_000_000)
          .about("Number of the database; a cluster has only one")
          .or(0);
  private static final Option<Boolean> FAILOVER =
      Option.strictBool("failover").about("The hosts are Sentinels").or(false);
  private static final Option<@Nullable String> SENTINEL_MASTER =
      Option.text("sentinelMasterName").about("Which master to ask the Sentinels for");
  private static final Option<@Nullable String> SENTINEL_USERNAME =
      Option.text("sentinelUsername").about("User at the Sentinels");
  private static final Option<@Nullable Secret> SENTINEL_PASSWORD =
      Option.secret("sentinelPassword").about("Password at the Sentinels");
  private static final Option<Boolean> TLS =
      Option.strictBool("enableTLS")
          .about("Encrypt the connection and verify the server")
          .or(false);
  private static final Option<Boolean> SKIP_VERIFY =
      Option.strictBool("insecureSkipTLSVerify")
          .about("Encrypt, but trust any server; for tests only")
          .or(false);
  private static final Option<@Nullable String> CLIENT_CERT =
      Option.text("clientCert").about("Certificate of this client, as PEM text");
  private static final Option<@Nullable Secret> CLIENT_KEY =
      Option.secret("clientKey").about("Private key of this client, as PEM text");
  private static final Option<@Nullable String> CA_CERT =
      Option.text("caCert")
          .about("Authorities to trust, as PEM text, in place of the JVM's; a sidecar ignores it");
  private static final Option<Duration> DIAL_TIMEOUT =
      Option.millis("dialTimeout").about("Longest wait for a connection").or(Duration.ofSeconds(5));
  private static final Option<Duration> READ_TIMEOUT =
      Option.millis("readTimeout").about("Longest wait for an answer").or(Duration.ofSeconds(3));
  private static final Option<String> CLIENT_NAME =
      Option.text("clientName")
          .about("Name of the connection in CLIENT LIST; a sidecar ignores it")
          .or("inboard");

  /** The fields that are read. */
  static final List<Option<?>> SHARED =
      List.of(
          HOST,
          PORT,
          USERNAME,
          PASSWORD,
          TYPE,
          DATABASE,
          FAILOVER,
          SENTINEL_MASTER,
          SENTINEL_USERNAME,
          SENTINEL_PASSWORD,
          TLS,
          SKIP_VERIFY,
          CLIENT_CERT,
          CLIENT_KEY,
          CA_CERT,
          DIAL_TIMEOUT,
          READ_TIMEOUT,
          CLIENT_NAME);

  /**
   * The fields of Dapr's component that tune a pool of connections, or retries inside the client.
   * This client needs no pool (it pipelines over one connection), and retries are the runtime's
   * business.
   */
  static final List<Option<?>> WITHOUT_EFFECT =
      List.of(
          ignored("redisMaxRetries"),
          ignored("maxRetries"),
          ignored("redisMinRetryInterval"),
          ignored("redisMaxRetryInterval"),
          ignored("maxRetryBackoff"),
          ignored("writeTimeout"),
          ignored("poolSize"),
          ignored("poolTimeout"),
          ignored("minIdleConns"),
          ignored("maxConnAge"),
          ignored("idleTimeout"),
          ignored("idleCheckFrequency"));

  private static Option<@Nullable String> ignored(String name) {
    return Option.text(name).about("Read by a sidecar; without effect here");
  }

  /** Returns what is wrong with the fields together. */
  static List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    try {
      parseNodes(spec);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (spec.get(FAILOVER) && !spec.has(SENTINEL_MASTER)) {
      problems.add(
          "'failover' needs 'sentinelMasterName', the name of the master that the Sentinels watch");
    }
    if (spec.get(FAILOVER) && spec.get(TYPE) == Type.CLUSTER) {
      problems.add(
          "'failover' and 'redisType: cluster' exclude each other; a cluster fails over by itself");
    }
    if (spec.has(CLIENT_CERT) != spec.has(CLIENT_KEY)) {
      problems.add("'clientCert' and 'clientKey' belong together; give both or none");
    }
    return problems;
  }

  static RedisOptions from(ComponentSpec spec) {
    return new RedisOptions(
        parseNodes(spec),
        spec.get(TYPE) == Type.CLUSTER,
        spec.get(FAILOVER) ? spec.get(SENTINEL_MASTER) : null,
        spec.get(DATABASE),
        spec.get(USERNAME),
        spec.get(PASSWORD),
        spec.get(SENTINEL_USERNAME),
        spec.get(SENTINEL_PASSWORD),
        new Tls(
            spec.get(TLS),
            !spec.get(SKIP_VERIFY),
            spec.get(CLIENT_CERT),
            spec.get(CLIENT_KEY),
            spec.get(CA_CERT)),
        spec.get(DIAL_TIMEOUT),
        spec.get(READ_TIMEOUT),
        spec.get(CLIENT_NAME));
  }

  private static List<Node> parseNodes(ComponentSpec spec) {
    int port = spec.get(PORT);
    List<Node> nodes = new ArrayList<>();
    for (String address : spec.get(HOST).split(",")) {
      if (!address.isBlank()) {
        nodes.add(parseNode(address.strip(), port, spec.has(PORT)));
      }
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("field 'redisHost': names no host; write host:port");
    }
    return List.copyOf(nodes);
  }

  private static Node parseNode(String address, int port, boolean portGiven) {
    int colon = address.lastIndexOf(':');
    if (colon < 0 || address.endsWith("]")) { // no port; an IPv6 address stands in brackets
      return new Node(address, port);
    }
    int own;
    try {
      own = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "field 'redisHost': '" + address + "' is not host:port", e);
    }
    if (portGiven && own != port) {
      throw new IllegalArgumentException(
          "'redisHost' says port "
              + own
              + " and 'redisPort' says "
              + port
              + "; remove one of them");
    }
    return new Node(address.substring(0, colon), own);
  }

  /**
   * Returns the addresses in the client's terms: one for a server or a set of Sentinels, one per
   * node for a cluster.
   */
  List<RedisURI> uris() {
    if (sentinelMaster == null) {
      return nodes.stream()
          .map(node -> uri(RedisURI.builder().withHost(node.host()).withPort(node.port())))
          .toList();
    }
    RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(sentinelMaster);
    for (Node node : nodes) {
      RedisURI.Builder sentinel = RedisURI.builder().withHost(node.host()).withPort(node.port());
      authenticate(sentinel, sentinelUsername, sentinelPassword);
      builder.withSentinel(sentinel.withTimeout(readTimeout).build());
    }
    return List.of(uri(builder));
  }

  private RedisURI uri(RedisURI.Builder builder) {
    authenticate(builder, username, password);
    return builder
        .withDatabase(database)
        .withSsl(tls.enabled())
        .withVerifyPeer(tls.verified())
        .withTimeout(readTimeout)
        .withClientName(clientName)
        .build();
  }

  private static void authenticate(
      RedisURI.Builder builder, @Nullable String username, @Nullable Secret password) {
    if (password == null || password.isEmpty()) {
      return;
    }
    if (username == null) {
      builder.withPassword(password.reveal().toCharArray());
    } else {
      builder.withAuthentication(username, password.reveal().toCharArray());
    }
  }
}
