package dev.inboard.postgresql;

import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** One watch: reads everything anew when something may have changed, and tells what it found. */
final class PostgresConfigurationWatch implements ConfigurationWatch {
  private final Set<String> keys;
  private final ConfigurationReceiver receiver;
  private final Function<Set<String>, Map<String, StoredItem>> read;
  private final Consumer<PostgresConfigurationWatch> onEnd;
  private final Object telling = new Object(); // one read and call of the receiver at a time
  private volatile boolean ended;

  PostgresConfigurationWatch(
      Set<String> keys,
      ConfigurationReceiver receiver,
      Function<Set<String>, Map<String, StoredItem>> read,
      Consumer<PostgresConfigurationWatch> onEnd) {
    this.keys = Set.copyOf(keys);
    this.receiver = receiver;
    this.read = read;
    this.onEnd = onEnd;
  }

  /** Reads and tells. Blocks. */
  void refresh() {
    synchronized (telling) {
      if (!ended) {
        Map<String, StoredItem> items = read.apply(keys);
        if (!ended) {
          receiver.reset(items);
        }
      }
    }
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      onEnd.accept(this);
    }
  }
}
