package dev.inboard.internal.lifecycle;

import dev.inboard.internal.bindings.BindingOptions;
import dev.inboard.internal.lock.LockKeys;
import dev.inboard.internal.pubsub.PubSubOptions;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.secrets.SecretOptions;
import dev.inboard.internal.state.StateOptions;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.Provider;
import dev.inboard.spi.bindings.BindingProvider;
import dev.inboard.spi.configuration.ConfigurationProvider;
import dev.inboard.spi.lock.LockProvider;
import dev.inboard.spi.pubsub.PubSubProvider;
import dev.inboard.spi.secrets.SecretStoreProvider;
import dev.inboard.spi.state.StateStoreProvider;
import dev.inboard.spi.workflow.WorkflowBackendProvider;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The building blocks that have components. The first part of a component's type says to which it
 * belongs.
 */
enum Block {
  STATE("state", "state store", StateStoreProvider.class, StateOptions.OPTIONS),
  PUBSUB("pubsub", "pub/sub component", PubSubProvider.class, PubSubOptions.OPTIONS),
  SECRETS("secretstores", "secret store", SecretStoreProvider.class, SecretOptions.OPTIONS),
  BINDINGS("bindings", "binding", BindingProvider.class, BindingOptions.OPTIONS),
  LOCK("lock", "lock store", LockProvider.class, LockKeys.OPTIONS),
  CONFIGURATION("configuration", "configuration store", ConfigurationProvider.class, List.of()),
  WORKFLOWS("workflowbackend", "workflow backend", WorkflowBackendProvider.class, List.of());

  /** Parts of Dapr that have components too, but no meaning here; their components are skipped. */
  private static final List<String> UNSERVED =
      List.of("conversation", "crypto", "middleware", "nameresolution");

  private final String category;
  private final String noun;
  private final Class<? extends Provider<?>> providerType;
  private final List<Option<?>> options;

  Block(
      String category,
      String noun,
      Class<? extends Provider<?>> providerType,
      List<Option<?>> options) {
    this.category = category;
    this.noun = noun;
    this.providerType = providerType;
    this.options = options;
  }

  /** Returns the block that components of a type belong to, or null. */
  static @Nullable Block of(String type) {
    for (Block block : values()) {
      if (block.category.equals(categoryOf(type))) {
        return block;
      }
    }
    return null;
  }

  /** Says whether Dapr has components of this type that Inboard skips. */
  static boolean isUnserved(String type) {
    return UNSERVED.contains(categoryOf(type));
  }

  /** Returns the first part of a type, in lower case. */
  static String categoryOf(String type) {
    int dot = type.indexOf('.');
    return (dot < 0 ? type : type.substring(0, dot)).toLowerCase(Locale.ROOT);
  }

  /** Returns the first part of the types. */
  String category() {
    return category;
  }

  /** Returns what one component of the block is called. */
  String noun() {
    return noun;
  }

  /** Returns what the providers of the block implement. */
  Class<? extends Provider<?>> providerType() {
    return providerType;
  }

  /** Returns the metadata fields that mean the same for every provider of the block. */
  List<Option<?>> options() {
    return options;
  }

  /**
   * Returns what is wrong with those fields beyond each single one, every problem with its cure.
   */
  List<String> check(ComponentResource resource, ComponentSpec spec) {
    if (this == STATE) {
      return StateOptions.check(resource, spec);
    }
    return this == SECRETS ? SecretOptions.check(resource, spec) : List.of();
  }
}
