package dev.inboard.spi.configuration;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Is told by the driver what the items of one watch hold. Calls for one watch come one after the
 * other; they may repeat what is known, and return at once.
 */
public interface ConfigurationReceiver {
  /**
   * Tells what some of the watched items hold now.
   *
   * @param items by key; null for a key that holds nothing any more
   */
  void changed(Map<String, @Nullable StoredItem> items);

  /**
   * Tells what all watched items hold now.
   *
   * @param items by key; a key that is not named holds nothing
   */
  void reset(Map<String, StoredItem> items);
}
