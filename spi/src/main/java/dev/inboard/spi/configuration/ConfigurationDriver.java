package dev.inboard.spi.configuration;

import dev.inboard.spi.Driver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** One opened configuration store: items by key, and word of their changes. */
public interface ConfigurationDriver extends Driver {
  /**
   * Reads items.
   *
   * @param keys none of them empty; no key at all: every item there is
   * @return by key; a key that holds nothing is left out
   */
  CompletionStage<Map<String, StoredItem>> get(Set<String> keys);

  /**
   * Keeps telling what items hold.
   *
   * <p>Before the stage completes the receiver is {@linkplain ConfigurationReceiver#reset told}
   * what all of them hold. From then on it is told in time whenever that differs from what it was
   * told last, by whomever it was changed: the latest value always arrives, those between may not.
   * After a loss of connection the driver finds out by itself what has changed meanwhile.
   *
   * @param keys as for {@link #get}; they need not hold anything yet
   */
  CompletionStage<ConfigurationWatch> watch(Set<String> keys, ConfigurationReceiver receiver);
}
