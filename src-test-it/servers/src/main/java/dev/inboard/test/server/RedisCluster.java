package dev.inboard.test.server;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Redis masters without replicas that divide the slots of a cluster evenly. */
public final class RedisCluster extends ServerGroup<RedisServer> {
  private static final int SLOTS = 16_384;
  private static final Duration AGREEMENT = Duration.ofSeconds(60);

  private RedisCluster(List<RedisServer> masters) {
    super(masters);
  }

  /**
   * Returns a cluster of three masters.
   *
   * @param settings lines of every node's {@code redis.conf}
   */
  public static RedisCluster create(String... settings) {
    return new RedisCluster(
        Stream.generate(() -> RedisServer.clusterNode(List.of(settings))).limit(3).toList());
  }

  /** Returns the nodes as a list of URIs that Redis clients read, with a comma between. */
  public String uris() {
    return nodes().stream().map(RedisServer::uri).collect(Collectors.joining(","));
  }

  /** Moves a slot with its keys from the master that has it, while clients may use it. */
  public void moveSlot(int slot, RedisServer from, RedisServer to) {
    String slotCommand = "CLUSTER SETSLOT " + slot;
    to.command(slotCommand + " IMPORTING " + id(from));
    from.command(slotCommand + " MIGRATING " + id(to));
    String keys = keysIn(slot, from);
    while (!keys.isEmpty()) {
      String quoted = keys.lines().map(key -> '"' + key + '"').collect(Collectors.joining(" "));
      from.command("MIGRATE 127.0.0.1 " + to.port() + " \"\" 0 5000 KEYS " + quoted);
      keys = keysIn(slot, from);
    }
    // First the one that gets it, so that it is never without an owner.
    to.command(slotCommand + " NODE " + id(to));
    for (RedisServer node : nodes()) {
      node.command(slotCommand + " NODE " + id(to));
    }
  }

  @Override
  void form() {
    int count = nodes().size();
    for (int i = 0; i < count; i++) {
      RedisServer node = node(i);
      int first = SLOTS * i / count;
      int last = SLOTS * (i + 1) / count - 1;
      node.command(
          "CLUSTER ADDSLOTSRANGE " + first + " " + last, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
    }
    for (RedisServer node : nodes().subList(1, count)) {
      node(0).command("CLUSTER MEET 127.0.0.1 " + node.port() + " " + node.busPort());
    }
    awaitAgreement();
  }

  /** Waits until every node sees all slots served by all nodes. */
  public void awaitAgreement() {
    await(() -> nodes().stream().allMatch(this::agrees), "the nodes do not form a cluster");
  }

  private boolean agrees(RedisServer node) {
    String info = node.command("CLUSTER INFO");
    return info.contains("cluster_state:ok")
        && info.contains("cluster_known_nodes:" + nodes().size());
  }

  static void await(BooleanSupplier condition, String otherwise) {
    long deadline = System.nanoTime() + AGREEMENT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(otherwise + " after " + AGREEMENT.toSeconds() + " s");
      }
      Pause.ofMillis(50);
    }
  }

  private static String keysIn(int slot, RedisServer node) {
    return node.command("CLUSTER GETKEYSINSLOT " + slot + " 100");
  }

  private static String id(RedisServer node) {
    return node.command("CLUSTER MYID");
  }
}
