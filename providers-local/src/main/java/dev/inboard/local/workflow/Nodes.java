package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.Node;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The leases of the nodes. Not thread-safe. */
final class Nodes {
  private final Clock clock;
  private final Map<String, Instant> leasedUntil = new HashMap<>();

  Nodes(Clock clock) {
    this.clock = clock;
  }

  /** Begins or prolongs a lease; says whether there was none that still held. */
  boolean join(Node node) {
    Instant now = clock.instant();
    Instant before = leasedUntil.put(node.id(), now.plus(node.lease()));
    return before == null || before.isBefore(now);
  }

  /** Says whether a node can own anything. */
  boolean isLive(@Nullable String node) {
    return node != null && leasedUntil.containsKey(node);
  }

  void leave(String node) {
    leasedUntil.remove(node);
  }

  /** Removes and returns the nodes whose lease has run out. */
  List<String> expired() {
    Instant now = clock.instant();
    List<String> expired = new ArrayList<>();
    leasedUntil.forEach(
        (node, until) -> {
          if (until.isBefore(now)) {
            expired.add(node);
          }
        });
    expired.forEach(leasedUntil::remove);
    return expired;
  }
}
