package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the servers may be trusted with workflows, before the first one is. */
final class WorkflowServers {
  private static final Pattern POLICY = Pattern.compile("(?m)^maxmemory_policy:(\\S+)");

  private final String label;
  private final StatefulConnection<String, byte[]> connection;

  WorkflowServers(String label, StatefulConnection<String, byte[]> connection) {
    this.label = label;
    this.connection = connection;
  }

  /** Fails when a server forgets what it was told by a restart, or drops it to make room. */
  void checkDurability() {
    for (RedisClusterAsyncCommands<String, byte[]> server : RedisConnections.masters(connection)) {
      if (!RedisConnections.await(server.info("persistence")).contains("aof_enabled:1")) {
        throw refused(
            "the server does not write its append-only file, so a restart would lose workflows; set 'appendonly yes'");
      }
      Matcher policy = POLICY.matcher(RedisConnections.await(server.info("memory")));
      if (policy.find() && policy.group(1).startsWith("allkeys")) {
        throw refused(
            "the server evicts any key when its memory is full ("
                + policy.group(1)
                + "), workflows included; set 'maxmemory-policy noeviction'");
      }
    }
  }

  private InboardException refused(String reason) {
    return new InboardException(
        ErrorCode.INVALID_ARGUMENT,
        label,
        "open",
        reason + ", or 'allowDataLoss: true' in the component");
  }

  /** Fails when others spread the same workflows in another way. */
  void checkShards(String prefix, int count) {
    String key = prefix + ":shards";
    RedisClusterAsyncCommands<String, byte[]> commands = RedisConnections.commands(connection);
    RedisConnections.await(
        commands.set(key, Integer.toString(count).getBytes(UTF_8), SetArgs.Builder.nx()));
    String agreed = new String(RedisConnections.await(commands.get(key)), UTF_8);
    if (!agreed.equals(Integer.toString(count))) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          label,
          "open",
          "the workflows under '"
              + prefix
              + "' are spread over "
              + agreed
              + " shards, not "
              + count
              + "; set 'shards' to "
              + agreed);
    }
  }
}
