package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Opens components as the tests need them, and waits for their answers. */
final class TestComponents {
  static final Set<Feature> STATE_FEATURES =
      Set.of(
          Feature.ETAG, Feature.TRANSACTIONAL, Feature.TTL, Feature.KEY_LISTING, Feature.DURABLE);

  private TestComponents() {}

  /** Opens a state store from fields and their values in turn. */
  static StateStoreDriver stateStore(String... fields) {
    return new RedisStateStoreProvider().open(spec("orders", "state.redis", fields));
  }

  /** Opens a pub/sub component which takes over what a dead member has left after two seconds. */
  static PubSubDriver pubSub(String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.addAll(List.of("processingTimeout", "2000", "redeliverInterval", "200"));
    return new RedisPubSubProvider().open(spec("bus", "pubsub.redis", all.toArray(String[]::new)));
  }

  static LockDriver locks(String... fields) {
    return new RedisLockProvider().open(spec("locks", "lock.redis", fields));
  }

  static ConfigurationDriver configuration(String... fields) {
    return new RedisConfigurationProvider().open(spec("settings", "configuration.redis", fields));
  }

  static WorkflowBackendDriver workflows(String... fields) {
    return new RedisWorkflowBackendProvider().open(spec("flows", "workflowbackend.redis", fields));
  }

  static ComponentSpec spec(String name, String type, String... fields) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return ComponentSpec.of(name, type, metadata);
  }

  /** Returns what a stage completes with, or throws the InboardException that it fails with. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw e;
    }
  }

  static String put(StateStoreDriver store, String key, String value) {
    return await(store.set(StateOperation.Set.of(key, value.getBytes(UTF_8))));
  }

  static String text(StateStoreDriver store, String key) {
    return new String(await(store.get(key)).value(), UTF_8);
  }
}
