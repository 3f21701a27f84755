package dev.inboard.test.server;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis master with two replicas, watched by three sentinels which need two votes for a failover.
 *
 * <p>The nodes are the data servers first and the sentinels after them.
 */
public final class RedisSentinels extends ServerGroup<RedisServer> {
  /** The name by which clients ask the sentinels for the master. */
  public static final String MASTER_NAME = "inboard";

  private static final int DATA_SERVERS = 3;

  private RedisSentinels(List<RedisServer> nodes) {
    super(nodes);
  }

  /**
   * Returns servers and sentinels; the first server begins as the master.
   *
   * @param settings lines of every data server's {@code redis.conf}
   */
  public static RedisSentinels create(String... settings) {
    RedisServer first = RedisServer.create(settings);
    List<String> replicaSettings = new ArrayList<>(List.of(settings));
    replicaSettings.add("replicaof 127.0.0.1 " + first.port());
    replicaSettings.add("repl-diskless-sync-delay 0");
    List<String> sentinelSettings =
        List.of(
            "sentinel monitor %s 127.0.0.1 %d 2".formatted(MASTER_NAME, first.port()),
            "sentinel down-after-milliseconds " + MASTER_NAME + " 2000",
            "sentinel failover-timeout " + MASTER_NAME + " 10000");
    List<RedisServer> nodes = new ArrayList<>();
    nodes.add(first);
    IntStream.range(1, DATA_SERVERS)
        .mapToObj(i -> RedisServer.create(replicaSettings.toArray(String[]::new)))
        .forEach(nodes::add);
    Stream.generate(() -> RedisServer.sentinel(sentinelSettings)).limit(3).forEach(nodes::add);
    return new RedisSentinels(nodes);
  }

  /** Returns the servers that hold data. */
  public List<RedisServer> dataServers() {
    return nodes().subList(0, DATA_SERVERS);
  }

  /** Returns the sentinels. */
  public List<RedisServer> sentinels() {
    return nodes().subList(DATA_SERVERS, nodes().size());
  }

  /** Returns the sentinels as host and port, with a comma between. */
  public String sentinelAddresses() {
    return sentinels().stream().map(Server::address).collect(Collectors.joining(","));
  }

  /** Returns the server that the first sentinel which runs believes to be the master. */
  public RedisServer master() {
    RedisServer sentinel = sentinels().stream().filter(Server::isRunning).findFirst().orElseThrow();
    List<String> address =
        sentinel.command("SENTINEL GET-MASTER-ADDR-BY-NAME " + MASTER_NAME).lines().toList();
    int port = Integer.parseInt(address.get(1));
    return dataServers().stream().filter(node -> node.port() == port).findFirst().orElseThrow();
  }

  /** Waits until the sentinels have made another server the master, and returns it. */
  public RedisServer awaitMasterOtherThan(RedisServer former) {
    RedisCluster.await(() -> master() != former, "there is no failover");
    RedisServer master = master();
    RedisCluster.await(() -> isMaster(master), master + " does not become the master");
    return master;
  }

  @Override
  void form() {
    RedisCluster.await(
        () -> sentinels().stream().allMatch(this::seesAll), "the sentinels do not see each other");
  }

  private boolean seesAll(RedisServer sentinel) {
    String info = sentinel.command("INFO sentinel");
    return info.contains("status=ok,")
        && info.contains("slaves=" + (DATA_SERVERS - 1) + ",")
        && info.contains("sentinels=" + sentinels().size());
  }

  private static boolean isMaster(RedisServer node) {
    return node.isRunning() && node.command("ROLE").startsWith("master");
  }
}
