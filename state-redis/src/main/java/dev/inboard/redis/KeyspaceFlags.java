package dev.inboard.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The server's setting {@code notify-keyspace-events}: of which events it tells. It belongs to
 * everybody who uses the server, so what is there is never taken away.
 */
final class KeyspaceFlags {
  private static final String SETTING = "notify-keyspace-events";

  /** The channel by key; then deletions and renames, strings, expiry, eviction. */
  private static final String NEEDED = "Kg$xe";

  /** Stands for all classes of events that Redis means by it, {@code g$xe} among them. */
  private static final char ALL = 'A';

  private KeyspaceFlags() {}

  /** What had to be done. */
  enum Outcome {
    /** Nothing. */
    SUFFICIENT,
    /** Flags were added; of what happened before, nobody was told. */
    COMPLETED
  }

  /** Makes sure that the server tells of what is needed; fails when it does not let this user. */
  static CompletionStage<Outcome> ensure(RedisClusterAsyncCommands<String, byte[]> commands) {
    return commands
        .configGet(SETTING)
        .thenCompose(
            settings -> {
              String flags = settings.getOrDefault(SETTING, "");
              String missing = missing(flags);
              return missing.isEmpty()
                  ? CompletableFuture.completedStage(Outcome.SUFFICIENT)
                  : commands
                      .configSet(Map.of(SETTING, flags + missing))
                      .thenApply(done -> Outcome.COMPLETED);
            });
  }

  /** Returns the needed flags that are not there. */
  static String missing(String flags) {
    StringBuilder missing = new StringBuilder();
    NEEDED
        .chars()
        .filter(flag -> flags.indexOf(flag) < 0 && (flag == 'K' || flags.indexOf(ALL) < 0))
        .forEach(flag -> missing.append((char) flag));
    return missing.toString();
  }
}
